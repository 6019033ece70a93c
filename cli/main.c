/* SPDX-License-Identifier: MIT */
/*
 * The cinstr command: finds the subcommand in a table and runs it. To add one, write cmd_NAME.c,
 * declare its struct in command.h and add its row here.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"

static const struct command *const commands[] = {
    &command_run,   &command_report, &command_dump,   &command_ps,     &command_top,
    &command_stack, &command_verify, &command_check,  &command_growth, &command_compare,
    &command_diff,  &command_import, &command_export, &command_merge,  &command_serve,
    &command_cc,    &command_filter,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static int print_overview(FILE *out) {
    fputs("Usage: cinstr COMMAND [ARGUMENT]...\n"
          "Exact call counts and times of programs built with -finstrument-functions.\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("  help     print this, or the help of a command\n"
          "  version  print the version\n\n"
          "Examples:\n"
          "  make CC=\"cinstr cc gcc\"        build a project instrumented\n"
          "  cinstr run ./program arguments  run it; its profile is written at exit\n"
          "  cinstr report cinstr.program.4711.pb.gz\n"
          "  cinstr dump 4711                take the profile of a running process\n"
          "  go tool pprof -http=: cinstr.program.4711.pb.gz\n\n"
          "Exit status: 0 fine, 1 failed, 2 wrong usage; `run` and `cc` give that of what\n"
          "they run, `check` and `growth` 1 for a broken limit, 2 for an undecided one.\n"
          "`cinstr COMMAND --help` has examples; see also cinstr(1).\n",
          out);
    return STATUS_FINE;
}

static int print_version(void) {
    puts("cinstr " CINSTR_VERSION);
    return STATUS_FINE;
}

static int unknown_command(const char *name) {
    fprintf(stderr, "cinstr: no command '%s'; `cinstr help` lists them\n", name);
    return STATUS_USAGE;
}

static int help(int argc, char **argv) {
    if (argc < 2)
        return print_overview(stdout);
    const struct command *command = find_command(argv[1]);
    return command == NULL ? unknown_command(argv[1]) : print_help(command);
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        print_overview(stderr);
        return STATUS_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argc - 1, argv + 1);
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return print_version();
    const struct command *command = find_command(name);
    return command == NULL ? unknown_command(name) : command->run(command, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "");
    int status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        struct error error;
        error_set_errno(&error, "cannot write to standard output");
        return fail(&error);
    }
    return status;
}
