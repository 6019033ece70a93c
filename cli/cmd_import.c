/* SPDX-License-Identifier: MIT */
/*
 * `cinstr import`: turns another profiler's file into a profile that pprof opens and `cinstr
 * compare` judges.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/base/input.h"
#include "cli/print/output_file.h"
#include "cli/print/units.h"
#include "reader/import/import.h"

#define MOST_BYTES ((size_t)1 << 30)

struct request {
    struct import_options options;
    const char *output;
    bool quiet;
};

/* --- input ------------------------------------------------------------------------------------ */

struct input {
    char *data;
    size_t size, room;
};

static int grow(struct input *input) {
    const size_t larger = input->room == 0 ? (size_t)1 << 16 : input->room * 2;
    char *data = realloc(input->data, larger);
    if (data == NULL)
        return -1;
    input->data = data;
    input->room = larger;
    return 0;
}

static int read_all(int fd, struct input *input, struct error *error) {
    ssize_t got = 1;
    while (got > 0) {
        if (input->size == input->room && grow(input) != 0)
            return error_set(error, "out of memory");
        got = read(fd, input->data + input->size, input->room - input->size);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        if (got > 0)
            input->size += (size_t)got;
        if (input->size > MOST_BYTES)
            return error_set(error, "larger than 1 GiB");
    }
    return got == 0 ? 0 : error_set_errno(error, "cannot read it");
}

static int read_input(const char *name, struct input *input, struct error *error) {
    const int fd = input_open(name, error);
    if (fd < 0)
        return -1;
    const int result = read_all(fd, input, error);
    close(fd);
    return result == 0 ? 0 : error_prefix(error, "%s", name);
}

/* --- output ----------------------------------------------------------------------------------- */

static int write_profile(const struct request *request, const struct profile *profile,
                         struct error *error) {
    struct output_file file;
    if (output_file_write(&file, request->output, output_file_pprof, profile, error) != 0)
        return -1;
    if (!request->quiet)
        note("%s: %s stacks", file.path, units_count(profile->sample_count).text);
    return 0;
}

static int import(const struct request *request, const char *name, struct error *error) {
    struct input input = {NULL, 0, 0};
    struct profile *profile = NULL;
    int result = read_input(name, &input, error);
    if (result == 0)
        profile =
            import_profile(input.data, input.size, input_name(name), &request->options, error);
    result = profile == NULL ? -1 : write_profile(request, profile, error);
    profile_free(profile);
    free(input.data);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Turns another profiler's file into pprof, so that `cinstr compare` can hold it\n"
    "against exact counts and times, and `go tool pprof` opens it. FILE may be \"-\".\n"
    "\n"
    "Options:\n"
    "  -o, --output FILE     write FILE, \"-\" standard output (default\n"
    "                        imported.pb.gz; made, or replaced)\n"
    "      --format FORMAT   perf: what `perf script` prints; gperftools: a CPU\n"
    "                        profile; gmon: gprof's gmon.out; callgrind: its output;\n"
    "                        folded: lines `main;parse;read 42` (default: guess)\n"
    "      --binary FILE     the program, where the file does not say (gmon)\n"
    "  -q, --quiet           do not say what was written\n"
    "  -h, --help            show this help\n"
    "\n"
    "gmon.out and callgrind's files have no stacks: each function's own numbers and\n"
    "calls come out right, what callers add up does not.\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  perf script | cinstr import -o perf.pb.gz -\n"
    "  cinstr import -o g.pb.gz lua.prof && cinstr compare exact.pb.gz g.pb.gz\n"
    "  cinstr import --binary ./program gmon.out\n";

enum { OPTION_FORMAT = 256, OPTION_BINARY };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"binary", required_argument, NULL, OPTION_BINARY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static bool is_format(const char *name) {
    for (size_t i = 0; import_format(i) != NULL; i++) {
        if (strcmp(import_format(i), name) == 0)
            return true;
    }
    return false;
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case 'o':
        request->output = optarg;
        break;
    case 'q':
        request->quiet = true;
        break;
    case OPTION_FORMAT:
        request->options.format = optarg;
        if (!is_format(optarg))
            return usage_error(command,
                               "unknown format '%s'; use perf, gperftools, gmon, callgrind, folded",
                               optarg);
        break;
    default:
        request->options.binary = optarg;
    }
    return STATUS_FINE;
}

static const struct command_options options = {":o:qh", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.output = "imported.pb.gz"};
    struct error error;
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    const char *name = source_argument(command, argc, argv);
    if (name == NULL)
        return STATUS_USAGE;
    return import(&request, name, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_import = {
    .name = "import",
    .arguments = "[OPTION]... FILE",
    .summary = "turn another profiler's file into pprof",
    .help = help,
    .run = run,
};
