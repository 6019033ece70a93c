/* SPDX-License-Identifier: MIT */
/*
 * `cinstr dump`: writes the profile of a process as it is now, or of what it does in the next
 * seconds. It only reads the process's segment: the process is not stopped or signalled.
 */
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/export/export.h"
#include "cli/print/output_file.h"
#include "cli/print/units.h"
#include "cli/source/source.h"
#include "reader/build/difference.h"
#include "reader/profile/thread_frames.h"
#include "reader/snapshot/liveness.h"
#include "reader/trace/trace.h"

struct request {
    struct build_options build;
    const char *output;
    const struct export_format *format; /* NULL: pprof */
    const char *directory;
    const char *trace; /* NULL: write a profile */
    double seconds;    /* 0: everything since the start */
    bool quiet;
};

/* --- a difference ----------------------------------------------------------------------------- */

/* The end of the process ends the wait too, since nothing more will be recorded. */
static void wait_for(const struct segment_header *header, double seconds) {
    const int fd = (int)syscall(SYS_pidfd_open, header->pid, 0);
    struct pollfd process = {.fd = fd, .events = POLLIN};
    if (isatty(STDERR_FILENO) && seconds >= 1)
        note("waiting %g s for process %u", seconds, header->pid);
    poll(&process, fd >= 0 && liveness_of(header) == LIVENESS_ALIVE, (int)(seconds * 1000));
    if (fd >= 0)
        close(fd);
}

static struct profile *build_difference(const struct source *source, const struct request *request,
                                        const struct snapshot *first, struct error *error) {
    struct profile *result = NULL;
    if (!first->is_live) {
        error_set(error, "%s: its process has ended: --seconds needs one that runs", source->name);
        return NULL;
    }
    struct difference *difference = difference_begin(first, &request->build, error);
    if (difference == NULL)
        return NULL;
    wait_for(&first->header, request->seconds);
    struct snapshot *second = source_snapshot(source, "cinstr dump", error);
    if (second != NULL)
        result = difference_end(difference, second, error);
    snapshot_free(second);
    difference_free(difference);
    return result;
}

/* --- the dump --------------------------------------------------------------------------------- */

static const struct kind {
    const char *name, *extension, *samples;
} kinds[] = {
    {"exact", "", "contexts"},     {"edges", "", "edges"},        {"cpu", ".cpu", "places"},
    {"wall", ".wall", "places"},   {"heap", ".heap", "places"},   {"allocs", ".allocs", "places"},
    {"block", ".block", "places"}, {"mutex", ".mutex", "places"},
};

/* NULL: no trace format has that name. */
static const struct kind *find_kind(const char *name) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(name, kinds[i].name) == 0)
            return &kinds[i];
    }
    return NULL;
}

static void default_name(const struct segment_header *header, const struct kind *kind,
                         const char *extension, char *name, size_t size) {
    char program[sizeof(header->program)];
    snprintf(program, sizeof(program), "%s", header->program);
    for (char *at = program; *at != '\0'; at++) {
        if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '_';
    }
    snprintf(name, size, "cinstr.%s.%u%s.%s", program, header->pid, kind->extension, extension);
}

static bool is_json(const char *name) {
    const size_t length = strlen(name);
    return length >= 5 && strcmp(name + length - 5, ".json") == 0;
}

static int write_perfetto(const void *trace, int fd, struct error *error) {
    return trace_write_perfetto(trace, fd, error);
}

static int write_chrome(const void *trace, int fd, struct error *error) {
    return trace_write_chrome(trace, fd, error);
}

static int dump_trace(const struct request *request, const struct snapshot *snapshot,
                      struct error *error) {
    output_file_writer *const write = is_json(request->trace) ? write_chrome : write_perfetto;
    struct trace *trace = trace_new(snapshot, error);
    struct output_file file;
    const int result =
        trace == NULL ? -1 : output_file_write(&file, request->trace, write, trace, error);
    if (result == 0 && !request->quiet)
        note("%s: %s stacks; %s events were lost", request->trace,
             units_count(trace->lane_count).text, units_count((int64_t)trace->lost).text);
    trace_free(trace);
    return result;
}

/* Other formats have no tags: threads are outermost frames there. */
static int write_profile(const struct request *request, const char *path, struct profile *profile,
                         struct error *error) {
    struct output_file file;
    if (request->format == NULL)
        return output_file_write(&file, path, output_file_pprof, profile, error);
    if (request->build.by_thread && thread_frames_add(profile, error) != 0)
        return -1;
    return export_write(request->format, strcmp(path, "-") == 0 ? NULL : path, profile,
                        &(struct analysis_options){0}, error);
}

static int dump_snapshot(const struct source *source, const struct request *request,
                         const struct snapshot *snapshot, struct error *error) {
    const struct kind *kind = find_kind(request->build.kind != NULL ? request->build.kind
                                        : snapshot->header.sampling.stacks == 0 ? "exact"
                                        : snapshot->header.sampling.is_wall     ? "wall"
                                                                                : "cpu");
    char name[128];
    struct profile *profile = request->seconds > 0
                                  ? build_difference(source, request, snapshot, error)
                                  : build_profile(snapshot, &request->build, error);
    if (profile == NULL)
        return -1;
    default_name(&snapshot->header, kind, request->format == NULL ? "pb.gz" : request->format->name,
                 name, sizeof(name));
    const char *path = request->output == NULL ? name : request->output;
    const int result = write_profile(request, path, profile, error);
    if (result == 0 && !request->quiet)
        note("%s: %s %s", path, units_count(profile->sample_count).text, kind->samples);
    profile_free(profile);
    return result;
}

static int dump(const struct request *request, const char *text, struct error *error) {
    struct source source;
    int result = -1;
    if (source_open(&source, text, request->directory, error) != 0)
        return -1;
    struct snapshot *snapshot = source_snapshot(&source, "cinstr dump", error);
    if (snapshot != NULL)
        result = request->trace != NULL ? dump_trace(request, snapshot, error)
                                        : dump_snapshot(&source, request, snapshot, error);
    snapshot_free(snapshot);
    source_close(&source);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Writes the profile of a process that runs, hangs or was killed, as pprof.\n"
    "\n" SOURCE_HELP "\n"
    "Options:\n"
    "  -o, --output FILE     write FILE, \"-\" standard output (default\n"
    "                        cinstr.PROGRAM.PID.pb.gz; made, or replaced)\n"
    "      --kind KIND       exact: a sample for each calling context (default);\n"
    "                        edges: one for each call edge, for pprof's -peek;\n"
    "                        cpu, wall: what was sampled, by that clock (sample= of\n"
    "                        CINSTR_OPTIONS);\n"
    "                        heap, allocs: what is in use, what was allocated;\n"
    "                        block, mutex: waits by who waited, who held the lock\n"
    "      --format FORMAT   write a format of another viewer instead of pprof's:\n"
    "                        those of cinstr export\n"
    "      --trace FILE      write the trace instead: the last of each thread\n"
    "                        (trace_ring=), or all so far (trace=); in Perfetto's\n"
    "                        format, or with a FILE.json in Chrome's\n"
    "      --seconds N       only what happens in the next N seconds\n"
    "      --by-thread       keep threads apart, by tags\n"
    "      --baseline SECONDS  run time of a plain build: fixes the total\n" HELP_DIRECTORY
    "  -q, --quiet           do not say what was written\n"
    "  -h, --help            show this help\n"
    "\n"
    "The process is not stopped. Open calls count, with their time up to now.\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr dump 4711\n"
    "  cinstr dump --seconds 5 -o busy.pb.gz lua && go tool pprof -top busy.pb.gz\n"
    "  cinstr dump --trace last.perfetto-trace 4711\n"
    "  cinstr dump --kind edges -o e.pb.gz 4711 && go tool pprof -peek main e.pb.gz\n";

enum {
    OPTION_KIND = 256,
    OPTION_SECONDS,
    OPTION_BY_THREAD,
    OPTION_BASELINE,
    OPTION_TRACE,
    OPTION_FORMAT,
    OPTION_DIRECTORY
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"by-thread", no_argument, NULL, OPTION_BY_THREAD},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case 'o':
        request->output = optarg;
        break;
    case 'q':
        request->quiet = true;
        break;
    case OPTION_KIND:
        request->build.kind = optarg;
        if (find_kind(optarg) == NULL)
            return usage_error(command,
                               "unknown kind '%s'; use exact, edges, cpu, wall, heap, "
                               "allocs, block, mutex",
                               optarg);
        break;
    case OPTION_SECONDS:
        if (!parse_real(optarg, 0.001, 2e6, &request->seconds))
            return usage_error(command, "--seconds takes 0.001 to 2000000, not '%s'", optarg);
        break;
    case OPTION_FORMAT:
        return export_set_format(command, &request->format, optarg);
    case OPTION_TRACE:
        request->trace = optarg;
        break;
    case OPTION_BY_THREAD:
        request->build.by_thread = true;
        break;
    case OPTION_BASELINE:
        return set_baseline(command, &request->build.baseline_seconds);
    default:
        request->directory = optarg;
    }
    return STATUS_FINE;
}

static const struct command_options options = {":o:qh", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    struct error error;
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    const char *source = source_argument(command, argc, argv);
    if (source == NULL)
        return STATUS_USAGE;
    if (request.trace != NULL &&
        (request.seconds > 0 || request.build.kind != NULL || request.format != NULL))
        return usage_error(command,
                           "--trace writes no profile; it excludes --kind, --format and --seconds");
    if (request.seconds > 0 && request.build.baseline_seconds > 0)
        return usage_error(command, "--baseline is for a whole run, not for --seconds of it");
    return dump(&request, source, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_dump = {
    .name = "dump",
    .arguments = "[OPTION]... SOURCE",
    .summary = "write the profile of a process that runs, hangs or was killed",
    .help = help,
    .run = run,
};
