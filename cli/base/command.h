/* SPDX-License-Identifier: MIT */
/*
 * What a subcommand is, and what all of them share: usage errors, the end of standard output.
 * One file a subcommand (cmd_*.c), one row each in main.c's table. Commands never exit from
 * within: they return a status, so that what they hold is given back and output is checked.
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
    const char *arguments; /* "[OPTION]... FILE" */
    const char *summary;   /* one line, for the list of commands */
    const char *help;      /* what `--help` says below the usage line: text, options, examples */
    void (*print_help_end)(
        FILE *out); /* what follows `help`, where it is made of a table; or NULL */
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_cc, command_check, command_compare, command_diff, command_dump,
    command_export, command_filter, command_growth, command_import, command_merge, command_ps,
    command_report, command_run, command_serve, command_stack, command_verify;

/* One line on standard error and a hint at --help. Returns STATUS_USAGE. */
int usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A command's options for getopt_long(); 'h' prints its help, every other one goes to `set`, which
 * finds its argument in optarg and returns a status. */
struct command_options {
    const char *letters; /* begins with ':', or "+:" */
    const struct option *names;
    int (*set)(const struct command *command, void *request, int option);
};

/* Reads the options up to the first that ends the command: STATUS_GO_ON when none does. */
enum { STATUS_GO_ON = -1 };
int read_options(const struct command *command, int argc, char **argv,
                 const struct command_options *options, void *request);

/* The one argument behind the options; NULL with a usage error said. */
const char *source_argument(const struct command *command, int argc, char **argv);

/* Compiles an extended regular expression into `compiled`, and makes `*pattern` that; a later one
 * takes the place of an earlier. STATUS_FINE or, having said what is wrong with it, another. */
int set_pattern(const struct command *command, regex_t *compiled, const regex_t **pattern,
                const char *text);

/* optarg as seconds of a plain build's run. Returns a status. */
int set_baseline(const struct command *command, double *seconds);

/* Prints the usage line and help of a command. Returns STATUS_FINE. */
int print_help(const struct command *command);

/* "cinstr: MESSAGE" on standard error. Returns STATUS_FAILED. */
int fail(const struct error *error);

/* A line of progress or advice on standard error, "cinstr: ..." */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of every command that looks for segments. */
#define HELP_DIRECTORY "      --directory DIR   look for segments in DIR alone\n"

/* Numbers as option arguments: false unless all of `text` is one within the limits. */
bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);
bool parse_real(const char *text, double least, double most, double *number);

#endif
