/* SPDX-License-Identifier: MIT */
/*
 * `cinstr run`: runs an instrumented program with the recorder's options set, and says where its
 * profile is. Apart from that it behaves as the program does: same output, same exit status, same
 * signals.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/source/library.h"
#include "cli/source/program.h"
#include "reader/symbols/hooks_found.h"
#include "run_child.h"
#include "run_options.h"
#include "run_profiles.h"
#include "run_rows.h"
#include "run_tell.h"

enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127 };

/* Libraries that are loaded before the program's own: enum option_library, and the recorder. */
enum { PRELOAD_RECORDER = OPTION_BLOCK_LIBRARY + 1, PRELOADS };

struct request {
    struct run_options options;
    bool quiet;
    bool preloads[PRELOADS];
};

/* --- the run ---------------------------------------------------------------------------------- */

static uint64_t realtime_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int run_program(const struct request *request, const char *output,
                       const struct run_profiles *before, char **argv) {
    const uint64_t start_ns = realtime_ns();
    pid_t pid;
    int wait_status;
    const int failure = run_child(argv, NULL, &pid, &wait_status);
    if (failure != 0) {
        note("cannot run %s: %s", argv[0], strerror(failure));
        return failure == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
    }
    if (!request->quiet)
        run_tell(&(struct run_ended){.program = argv[0],
                                     .options = &request->options,
                                     .before = before,
                                     .output = output,
                                     .pid = pid,
                                     .status = wait_status,
                                     .start_ns = start_ns});
    return run_child_status(wait_status);
}

static int preload(const char *name, struct error *error) {
    char directory[PATH_MAX], text[4 * PATH_MAX];
    const char *others = getenv("LD_PRELOAD");
    if (!library_find(name, directory))
        return error_set(error,
                         "%s is neither beside this command nor in the lib directory beside "
                         "its own",
                         name);
    if (strpbrk(directory, ": ") != NULL)
        return error_set(error,
                         "%s: a library there cannot be preloaded: the name has a ':' or "
                         "a blank",
                         directory);
    if ((size_t)snprintf(text, sizeof(text), "%s/%s%s%s", directory, name,
                         others == NULL ? "" : ":", others == NULL ? "" : others) >= sizeof(text))
        return error_set(error, "LD_PRELOAD is too long already");
    return setenv("LD_PRELOAD", text, 1) == 0 ? 0 : error_set_errno(error, "cannot preload");
}

static int preload_all(const struct request *request, struct error *error) {
    static const char *const names[PRELOADS] = {
        [OPTION_SAMPLE_LIBRARY] = "libcinstr_sample.so.0",
        [OPTION_HEAP_LIBRARY] = "libcinstr_heap.so.0",
        [OPTION_BLOCK_LIBRARY] = "libcinstr_block.so.0",
        [PRELOAD_RECORDER] = "libcinstr.so.0",
    };
    for (int i = 0; i < PRELOADS; i++) {
        if (names[i] != NULL && request->preloads[i] && preload(names[i], error) != 0)
            return -1;
    }
    return 0;
}

static bool note_profiles(const struct request *request, const char *output,
                          struct run_profiles *before) {
    static const char *const names[RUN_PROFILES_FILES] = {"cpuprofile", "memprofile",
                                                          "blockprofile", "mutexprofile", "trace"};
    char files[RUN_PROFILES_FILES][RUN_OPTIONS_SIZE];
    const char *list[RUN_PROFILES_FILES];
    for (int i = 0; i < RUN_PROFILES_FILES; i++) {
        run_options_get(&request->options, names[i], files[i]);
        list[i] = files[i];
    }
    return run_profiles_note(before, output, list);
}

/* A program that `cinstr cc` compiled but did not link uses libc's empty hooks. Preloading the
 * recorder puts its hooks before those. */
static void find_recorder(struct request *request, const char *program) {
    char path[PATH_MAX];
    program_find(program, path);
    const struct hooks_found hooks = hooks_found_in(path);
    request->preloads[PRELOAD_RECORDER] = hooks.calls && !hooks.has_recorder && !hooks.defines;
}

static int prepare_and_run(struct request *request, char **argv) {
    char output[RUN_OPTIONS_SIZE];
    struct run_profiles before;
    struct error error;
    run_options_get(&request->options, "output", output);
    if (output[0] == '\0' &&
        run_options_add_file(&request->options, "output", RUN_OPTIONS_OUTPUT, &error) != 0)
        return fail(&error);
    run_options_get(&request->options, "output", output);
    find_recorder(request, argv[0]);
    if (preload_all(request, &error) != 0)
        return fail(&error);
    if (setenv("CINSTR_OPTIONS", request->options.text, 1) != 0 ||
        !note_profiles(request, output, &before)) {
        error_set_errno(&error, "cannot prepare the run");
        return fail(&error);
    }
    const int status = run_program(request, output, &before, argv);
    run_profiles_free(&before);
    return status;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Runs a program that was built with -finstrument-functions and -lcinstr (see\n"
    "`cinstr cc --help`), and says where its profile is. With --sample, --heap,\n"
    "--block or --mutex it may be any program that is not static.\n"
    "\n"
    "Options:\n";

static const char help_end[] =
    "  -q, --quiet           do not say where the profile is\n"
    "  -h, --help            show this help\n"
    "\n"
    "They are added to those in CINSTR_OPTIONS, and win. Standard input and output\n"
    "are the program's alone; what is said goes to standard error.\n"
    "Exit status: the program's own, or death by the same signal; 126 it cannot be\n"
    "run, 127 it is not there, 2 wrong usage, 1 failed before it ran.\n"
    "\n"
    "Examples:\n"
    "  cinstr run -- ./program arguments\n"
    "  cinstr run -o p.pb.gz --histogram -- ./program && cinstr report p.pb.gz\n"
    "  cinstr run --trace t.perfetto-trace -- ./program    # https://ui.perfetto.dev\n"
    "  cinstr run --timing adaptive make check\n"
    "  cinstr run --memprofile mem.pb.gz -- ./program && go tool pprof mem.pb.gz\n"
    "  cinstr run --sample=500 -o p.pb.gz -- ./program && cinstr report p.cpu.pb.gz\n";

static void print_help_end(FILE *out) {
    run_rows_print(out);
    fputs(help_end, out);
}

static const struct option other_options[] = {
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int check_value(const struct command *command, const struct option_row *row,
                       const char *value) {
    char values[64], limits[64];
    uint64_t number;
    if (option_is_text(row))
        return value[0] != '\0' ? STATUS_FINE
                                : usage_error(command, "--%s: an empty name", row->run);
    if (option_value(row, value, &number))
        return STATUS_FINE;
    option_values(row, values, sizeof(values));
    option_limits(row, limits, sizeof(limits));
    return usage_error(command, "--%s takes %s%s%s, not '%s'", row->run, values,
                       limits[0] == '\0' ? "" : ", ", limits, value);
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    const struct option_row *row = option == 'o' ? run_row_named("output") : run_row(option);
    struct error error;
    if (row == NULL) {
        request->quiet = true;
        return STATUS_FINE;
    }
    const char *value = optarg != NULL ? optarg : row->run_value;
    const int status = check_value(command, row, value);
    if (status != STATUS_FINE)
        return status;
    request->preloads[row->library] = true;
    const bool is_file = row->argument != NULL && strcmp(row->argument, "FILE") == 0;
    if ((is_file ? run_options_add_file(&request->options, row->name, value, &error)
                 : run_options_add(&request->options, row->name, value, &error)) != 0)
        return usage_error(command, "--%s: %s", row->run, error.message);
    return STATUS_FINE;
}

static bool is_set(const struct request *request, const char *name) {
    char value[RUN_OPTIONS_SIZE];
    run_options_get(&request->options, name, value);
    return value[0] != '\0';
}

static int check(const struct command *command, const struct request *request) {
    if (is_set(request, "trace") && is_set(request, "trace_ring"))
        return usage_error(command, "--trace and --trace-ring exclude each other");
    if (is_set(request, "sample_clock") && !is_set(request, "sample") &&
        !is_set(request, "cpuprofile") && !is_set(request, "http"))
        return usage_error(command, "--sample-clock goes with --sample");
    return STATUS_GO_ON;
}

static int run(const struct command *command, int argc, char **argv) {
    /* '+': what follows the program's name is the program's. */
    const struct command_options options = {"+:o:qh", run_rows_names(other_options), set_option};
    struct request request = {.quiet = false};
    struct error error;
    if (run_options_init(&request.options, &error) != 0)
        return fail(&error);
    int status = read_options(command, argc, argv, &options, &request);
    if (status == STATUS_GO_ON)
        status = check(command, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (argc == optind)
        return usage_error(command, "no program to run");
    return prepare_and_run(&request, argv + optind);
}

const struct command command_run = {
    .name = "run",
    .arguments = "[OPTION]... [--] PROGRAM [ARGUMENT]...",
    .summary = "run a program and say where its profile is",
    .help = help,
    .print_help_end = print_help_end,
    .run = run,
};
