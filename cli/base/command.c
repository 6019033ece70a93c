/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands share (see command.h): usage errors and numbers in arguments. Never exits,
 * and prints at most one line for an error.
 */
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/text.h"

int usage_error(const struct command *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "cinstr %s: ", command->name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "; see `cinstr %s --help`\n", command->name);
    va_end(arguments);
    return STATUS_USAGE;
}

/* Prints what getopt_long() found wrong, '?' or ':'. (Its own messages are off: the option string
 * begins with ':', and opterr is 0.) Returns STATUS_USAGE. */
static int option_error(const struct command *command, int found, char **argv) {
    const char *text = argv[optind - 1];
    if (found == ':')
        return usage_error(command, "option '%s' needs an argument", text);
    if (optopt != 0 && strncmp(text, "--", 2) == 0 && strchr(text, '=') != NULL)
        return usage_error(command, "option '%.*s' takes no argument", (int)strcspn(text, "="),
                           text);
    if (optopt != 0)
        return usage_error(command, "unknown option '-%c'", optopt);
    return usage_error(command, "unknown or ambiguous option '%s'", text);
}

int read_options(const struct command *command, int argc, char **argv,
                 const struct command_options *options, void *request) {
    int option;
    while ((option = getopt_long(argc, argv, options->letters, options->names, NULL)) != -1) {
        if (option == 'h')
            return print_help(command);
        const int status = option == '?' || option == ':' ? option_error(command, option, argv)
                                                          : options->set(command, request, option);
        if (status != STATUS_FINE)
            return status;
    }
    return STATUS_GO_ON;
}

const char *source_argument(const struct command *command, int argc, char **argv) {
    if (argc - optind == 1)
        return argv[optind];
    usage_error(command, argc == optind ? "no SOURCE" : "more than one SOURCE");
    return NULL;
}

int set_baseline(const struct command *command, double *seconds) {
    if (!parse_real(optarg, 1e-9, 1e9, seconds))
        return usage_error(command, "--baseline takes seconds, not '%s'", optarg);
    return STATUS_FINE;
}

int set_pattern(const struct command *command, regex_t *compiled, const regex_t **pattern,
                const char *text) {
    char why[128];
    if (*pattern != NULL)
        regfree(compiled);
    *pattern = NULL;
    const int code = regcomp(compiled, text, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        regerror(code, compiled, why, sizeof(why));
        return usage_error(command, "bad expression '%s': %s", text, why);
    }
    *pattern = compiled;
    return STATUS_FINE;
}

int print_help(const struct command *command) {
    printf("Usage: cinstr %s %s\n%s", command->name, command->arguments, command->help);
    if (command->print_help_end != NULL)
        command->print_help_end(stdout);
    return STATUS_FINE;
}

int fail(const struct error *error) {
    note("%s", error->message);
    return STATUS_FAILED;
}

void note(const char *format, ...) {
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    fputs("cinstr: ", stderr);
    text_print(stderr, line);
    fputc('\n', stderr);
}

bool parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < least ||
        value > most)
        return false;
    *number = value;
    return true;
}

bool parse_real(const char *text, double least, double most, double *number) {
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !isfinite(value) || value < least ||
        value > most)
        return false;
    *number = value;
    return true;
}
