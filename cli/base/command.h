/* SPDX-License-Identifier: MIT */
/*
 * What a subcommand is, and what all of them share: usage errors, options, numbers. There is one
 * file a subcommand (cmd_*.c) and one row each in main.c's table. Commands never exit themselves:
 * they return a status, so that memory is freed and standard output is checked.
 */
#ifndef CINSTR_CLI_COMMAND_H
#define CINSTR_CLI_COMMAND_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/base/error.h"

enum status {
    STATUS_FINE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
};

struct option; /* of <getopt.h> */

struct command {
    const char *name;
    const char *arguments; /* for the usage line: "[OPTION]... FILE" */
    const char *summary;   /* one line, for the list of commands */
    const char *help;      /* printed by `--help` below the usage line: text, options, examples */
    /* Prints what follows `help` and is made from a table; NULL: nothing. */
    void (*print_help_end)(FILE *out);
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_cc, command_check, command_compare, command_diff, command_dump,
    command_export, command_filter, command_growth, command_import, command_merge, command_ps,
    command_report, command_run, command_serve, command_stack, command_top, command_verify;

/* Prints one line on standard error, and a hint at --help. Returns STATUS_USAGE. */
int usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A command's options for getopt_long(). 'h' prints the help; every other option is passed to
 * `set`, which finds the argument in optarg and returns a status. */
struct command_options {
    const char *letters; /* begins with ':', or "+:" */
    const struct option *names;
    int (*set)(const struct command *command, void *request, int option);
};

/* Reads the options. Returns STATUS_GO_ON, or the status of the first option that ends the
 * command. */
enum { STATUS_GO_ON = -1 };
int read_options(const struct command *command, int argc, char **argv,
                 const struct command_options *options, void *request);

/* The only argument after the options; NULL when there is none or more than one, after printing
 * a usage error. */
const char *source_argument(const struct command *command, int argc, char **argv);

/* Compiles an extended regular expression into `compiled` and sets `*pattern` to it, replacing
 * an earlier one. Returns STATUS_FINE, or another status after printing what is wrong with it. */
int set_pattern(const struct command *command, regex_t *compiled, const regex_t **pattern,
                const char *text);

/* Reads optarg as the CPU seconds of a run of the plain build. Returns a status. */
int set_baseline(const struct command *command, double *seconds);

/* Prints the usage line and help of a command. Returns STATUS_FINE. */
int print_help(const struct command *command);

/* Prints "cinstr: MESSAGE" on standard error. Returns STATUS_FAILED. */
int fail(const struct error *error);

/* Prints a line of progress or advice on standard error, "cinstr: ..." */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The help text of --directory, for every command that looks for segments. */
#define HELP_DIRECTORY "      --directory DIR   look for segments in DIR alone\n"

/* Read numbers in option arguments. False unless all of `text` is a number within the limits. */
bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);
bool parse_real(const char *text, double least, double most, double *number);

#endif
