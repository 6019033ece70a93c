/* SPDX-License-Identifier: MIT */
/*
 * `cinstr run`: runs an instrumented program with the recorder's options set, and says where its
 * profile is. Otherwise it is as if the program had been run itself: nothing on standard output,
 * its exit status, its signals.
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
#include "run_tell.h"

enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127 };

/* Libraries that are loaded before the program's own. */
enum preload { PRELOAD_SAMPLE, PRELOAD_HEAP, PRELOAD_BLOCK, PRELOAD_RECORDER, PRELOADS };

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
        [PRELOAD_SAMPLE] = "libcinstr_sample.so.0",
        [PRELOAD_HEAP] = "libcinstr_heap.so.0",
        [PRELOAD_BLOCK] = "libcinstr_block.so.0",
        [PRELOAD_RECORDER] = "libcinstr.so.0",
    };
    for (int i = 0; i < PRELOADS; i++) {
        if (request->preloads[i] && preload(names[i], error) != 0)
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

/* A program whose hooks found none when it was linked, as happens when `cinstr cc` compiled but did
 * not link it, has libc's empty ones: the recorder's come before those when it is preloaded. */
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
    "Options:\n"
    "  -o, --output FILE     the profile's name, with %p pid, %e program, %h host,\n"
    "                        %% percent; none: do not write one (default\n"
    "                        cinstr.%e.%p.pb.gz)\n"
    "      --histogram       record shortest and longest durations and a histogram\n"
    "      --timing HOW      exact: time every call (default); adaptive: count\n"
    "                        every call, time a random share of short, frequent ones\n"
    "      --contexts N      calling contexts to keep apart, 1024 to 16777216\n"
    "                        (default 262144); what is beyond is kept by call edge\n"
    "      --sample[=HZ]     sample too, 1 to 10000 times in a second of CPU time\n"
    "                        (default 100), into FILE.cpu.pb.gz; a program without\n"
    "                        hooks is sampled by its stacks\n"
    "      --sample-clock CLOCK  cpu: time that a thread runs (default); wall: also\n"
    "                        while it waits, which ends some waits with EINTR\n"
    "      --heap[=BYTES]    allocations by context, all, or one in BYTES bytes at\n"
    "                        random, into FILE.heap.pb.gz\n"
    "      --block[=io]      waits for locks, conditions, semaphores, threads, with\n"
    "                        io also for input, output, time: FILE.block.pb.gz\n"
    "      --mutex           waits for locks by who held them: FILE.mutex.pb.gz\n"
    "      --cpuprofile FILE, and likewise, as `go test` has them:\n"
    "      --memprofile FILE\n"
    "      --blockprofile FILE\n"
    "      --mutexprofile FILE  --sample, --heap, --block or --mutex, into FILE\n"
    "      --trace FILE      every entry and exit with its time, as a trace for\n"
    "                        Perfetto, or with a FILE.json for Chrome\n"
    "      --trace-ring MIB  keep the last of each thread for `cinstr dump --trace`\n"
    "      --no-cpu          wall time alone, no CPU time\n"
    "      --no-start        record only from the program's own cinstr_start() on\n"
    "      --directory DIR   where the records lie while it runs\n"
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

enum {
    OPTION_FIRST = 256,
    OPTION_HISTOGRAM = OPTION_FIRST,
    OPTION_TIMING,
    OPTION_CONTEXTS,
    OPTION_SAMPLE,
    OPTION_SAMPLE_CLOCK,
    OPTION_HEAP,
    OPTION_BLOCK,
    OPTION_MUTEX,
    OPTION_CPUPROFILE,
    OPTION_MEMPROFILE,
    OPTION_BLOCKPROFILE,
    OPTION_MUTEXPROFILE,
    OPTION_TRACE,
    OPTION_TRACE_RING,
    OPTION_NO_CPU,
    OPTION_NO_START,
    OPTION_DIRECTORY,
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"histogram", no_argument, NULL, OPTION_HISTOGRAM},
    {"timing", required_argument, NULL, OPTION_TIMING},
    {"contexts", required_argument, NULL, OPTION_CONTEXTS},
    {"sample", optional_argument, NULL, OPTION_SAMPLE},
    {"sample-clock", required_argument, NULL, OPTION_SAMPLE_CLOCK},
    {"heap", optional_argument, NULL, OPTION_HEAP},
    {"block", optional_argument, NULL, OPTION_BLOCK},
    {"mutex", no_argument, NULL, OPTION_MUTEX},
    {"cpuprofile", required_argument, NULL, OPTION_CPUPROFILE},
    {"memprofile", required_argument, NULL, OPTION_MEMPROFILE},
    {"blockprofile", required_argument, NULL, OPTION_BLOCKPROFILE},
    {"mutexprofile", required_argument, NULL, OPTION_MUTEXPROFILE},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"trace-ring", required_argument, NULL, OPTION_TRACE_RING},
    {"no-cpu", no_argument, NULL, OPTION_NO_CPU},
    {"no-start", no_argument, NULL, OPTION_NO_START},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* The recorder's names, and what is no argument. */
static const struct recorder_option {
    const char *name, *value;
    enum preload preload; /* PRELOADS: none */
} recorder_options[] = {
    [OPTION_HISTOGRAM - OPTION_FIRST] = {"histogram", "1", PRELOADS},
    [OPTION_TIMING - OPTION_FIRST] = {"timing", "", PRELOADS},
    [OPTION_CONTEXTS - OPTION_FIRST] = {"contexts", "", PRELOADS},
    [OPTION_SAMPLE - OPTION_FIRST] = {"sample", "100", PRELOAD_SAMPLE},
    [OPTION_SAMPLE_CLOCK - OPTION_FIRST] = {"sample_clock", "", PRELOADS},
    [OPTION_HEAP - OPTION_FIRST] = {"heap", "exact", PRELOAD_HEAP},
    [OPTION_BLOCK - OPTION_FIRST] = {"block", "1", PRELOAD_BLOCK},
    [OPTION_MUTEX - OPTION_FIRST] = {"mutex", "1", PRELOAD_BLOCK},
    [OPTION_CPUPROFILE - OPTION_FIRST] = {"cpuprofile", "", PRELOAD_SAMPLE},
    [OPTION_MEMPROFILE - OPTION_FIRST] = {"memprofile", "", PRELOAD_HEAP},
    [OPTION_BLOCKPROFILE - OPTION_FIRST] = {"blockprofile", "", PRELOAD_BLOCK},
    [OPTION_MUTEXPROFILE - OPTION_FIRST] = {"mutexprofile", "", PRELOAD_BLOCK},
    [OPTION_TRACE - OPTION_FIRST] = {"trace", "", PRELOADS},
    [OPTION_TRACE_RING - OPTION_FIRST] = {"trace_ring", "", PRELOADS},
    [OPTION_NO_CPU - OPTION_FIRST] = {"cpu", "0", PRELOADS},
    [OPTION_NO_START - OPTION_FIRST] = {"start", "0", PRELOADS},
    [OPTION_DIRECTORY - OPTION_FIRST] = {"directory", "", PRELOADS},
};

static int check_value(const struct command *command, int option, const char *value) {
    uint64_t number;
    if (option == OPTION_TIMING && strcmp(value, "exact") != 0 && strcmp(value, "adaptive") != 0)
        return usage_error(command, "--timing is exact or adaptive, not '%s'", value);
    if (option == OPTION_SAMPLE_CLOCK && strcmp(value, "cpu") != 0 && strcmp(value, "wall") != 0)
        return usage_error(command, "--sample-clock is cpu or wall, not '%s'", value);
    if (option == OPTION_CONTEXTS && !parse_number(value, 1024, 16777216, &number))
        return usage_error(command, "--contexts takes 1024 to 16777216, not '%s'", value);
    if (option == OPTION_SAMPLE && !parse_number(value, 1, 10000, &number))
        return usage_error(command, "--sample takes 1 to 10000, not '%s'", value);
    if (option == OPTION_HEAP && strcmp(value, "exact") != 0 &&
        !parse_number(value, 1, UINT64_C(1) << 40, &number))
        return usage_error(command, "--heap is exact or a number of bytes, not '%s'", value);
    if (option == OPTION_TRACE_RING && !parse_number(value, 1, 512, &number))
        return usage_error(command, "--trace-ring takes 1 to 512 MiB, not '%s'", value);
    if (option == OPTION_BLOCK && strcmp(value, "1") != 0 && strcmp(value, "io") != 0)
        return usage_error(command, "--block takes nothing or io, not '%s'", value);
    return STATUS_FINE;
}

static bool is_file(int option) {
    return option == 'o' || (option >= OPTION_CPUPROFILE && option <= OPTION_TRACE);
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    struct recorder_option set = {"output", "", PRELOADS};
    struct error error;
    if (option == 'q') {
        request->quiet = true;
        return STATUS_FINE;
    }
    if (option != 'o')
        set = recorder_options[option - OPTION_FIRST];
    if (optarg != NULL)
        set.value = optarg;
    const int status = check_value(command, option, set.value);
    if (status != STATUS_FINE)
        return status;
    if (set.preload != PRELOADS)
        request->preloads[set.preload] = true;
    if (set.value[0] == '\0')
        return usage_error(command, "--%s: an empty name", set.name);
    if ((is_file(option) ? run_options_add_file(&request->options, set.name, set.value, &error)
                         : run_options_add(&request->options, set.name, set.value, &error)) != 0)
        return usage_error(command, "--%s: %s", set.name, error.message);
    return STATUS_FINE;
}

/* '+': what follows the program's name is the program's. */
static const struct command_options options = {"+:o:qh", long_options, set_option};

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
    .run = run,
};
