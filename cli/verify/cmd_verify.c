/* SPDX-License-Identifier: MIT */
/*
 * `cinstr verify`: recomputes the invariants of a segment, or the sums that a profile states of
 * itself. Each violation is one line on standard error, and the exit status says whether there was
 * any.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/base/command.h"
#include "cli/print/text.h"
#include "cli/source/source.h"
#include "reader/build/verify_segment.h"
#include "verify_profile.h"

static void print_violation(void *context, const char *line) {
    const struct source *source = context;
    fputs("cinstr: ", stderr);
    text_print(stderr, source->name);
    fputs(": ", stderr);
    text_print(stderr, line);
    fputc('\n', stderr);
}

static int verify_segment(struct source *source, bool quiet, struct error *error) {
    struct snapshot_totals totals;
    struct snapshot *snapshot = source_snapshot(source, "cinstr verify", error);
    if (snapshot == NULL)
        return fail(error);
    const unsigned violations = snapshot_verify(snapshot, &totals, print_violation, source);
    snapshot_free(snapshot);
    if (violations != 0)
        return STATUS_FAILED;
    if (!quiet) {
        text_print(stdout, source->name);
        printf(": fine: %" PRIu64 " calls, %" PRIu64 " exits, %" PRIu64 " open in %" PRIu64
               " contexts of %" PRIu64 " stacks\n",
               totals.calls, totals.exits, totals.open, totals.nodes, totals.lanes);
    }
    return STATUS_FINE;
}

static int verify_file(struct source *source, bool quiet, struct error *error) {
    struct profile *profile = source_profile(source, &(struct build_options){0}, error);
    if (profile == NULL)
        return fail(error);
    const struct verify_result result = verify_profile(profile, print_violation, source);
    const uint32_t samples = profile->sample_count;
    profile_free(profile);
    if (result.violations != 0)
        return STATUS_FAILED;
    if (quiet)
        return STATUS_FINE;
    text_print(stdout, source->name);
    if (!result.is_ours)
        printf(": a valid profile of %" PRIu32 " samples, not by cinstr: no more is known of it\n",
               samples);
    else if (result.calls == 0 && !result.has_totals)
        printf(": fine: %" PRIu32 " samples; it states no sums\n", samples);
    else if (!result.has_totals)
        printf(": fine: %" PRId64 " calls in %" PRIu32 " samples; it states no sums\n",
               result.calls, samples);
    else
        printf(": fine: %" PRId64 " calls = %" PRIu64 " returns + %" PRIu64 " unwinds + %" PRIu64
               " open - %" PRIu64 " carried over, in %" PRIu32 " samples\n",
               result.calls, result.returns, result.unwinds, result.open, result.carried, samples);
    return STATUS_FINE;
}

static const char help[] =
    "Recomputes what must hold of a profile or of a process's records. Each\n"
    "violation is one line on standard error.\n"
    "\n" SOURCE_HELP "\n"
    "Of a segment: in each thread, the calls begun are those ended and those open;\n"
    "the times of functions cancel out against the time below the outermost, and no\n"
    "context has more time than was measured in it. Of a profile: it is valid, its\n"
    "samples add up to the sums that it states, no count and no time is below 0, and\n"
    "no context was on a CPU for longer than it took.\n"
    "\n"
    "Options:\n" HELP_DIRECTORY "  -q, --quiet           say nothing if all is fine\n"
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 all is fine, 1 a violation or not readable, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr verify cinstr.lua.4711.pb.gz\n"
    "  cinstr verify -q 4711 && echo fine\n";

static const struct option names[] = {
    {"directory", required_argument, NULL, 'd'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

struct request {
    const char *directory;
    bool quiet;
};

static int set(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == 'd')
        request->directory = optarg;
    else
        request->quiet = true;
    return STATUS_FINE;
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    const int read =
        read_options(command, argc, argv, &(struct command_options){":qh", names, set}, &request);
    if (read != STATUS_GO_ON)
        return read;
    const char *name = source_argument(command, argc, argv);
    if (name == NULL)
        return STATUS_USAGE;
    struct source source;
    struct error error;
    if (source_open(&source, name, request.directory, &error) != 0)
        return fail(&error);
    const int status = source.is_segment ? verify_segment(&source, request.quiet, &error)
                                         : verify_file(&source, request.quiet, &error);
    source_close(&source);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .arguments = "[OPTION]... SOURCE",
    .summary = "recompute the invariants of a profile or a process's records",
    .help = help,
    .run = run,
};
