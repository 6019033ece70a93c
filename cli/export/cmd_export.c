/* SPDX-License-Identifier: MIT */
/* `cinstr export`: writes a profile for another viewer. */
#include <getopt.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/source/source.h"
#include "export.h"
#include "reader/profile/thread_frames.h"

struct request {
    const struct export_format *format;
    const char *output; /* NULL: standard output */
    const char *directory;
    struct analysis_options analysis;
    struct build_options build;
};

static int export_profile(const void *context, struct profile *profile, struct error *error) {
    const struct request *request = context;
    if (request->build.by_thread && thread_frames_add(profile, error) != 0)
        return -1;
    return export_write(request->format, request->output, profile, &request->analysis, error);
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] = "Writes a profile in the format of another viewer.\n"
                           "\n" SOURCE_HELP "\n"
                           "Options:\n"
                           "      --format FORMAT   one of\n";

static const char help_end[] =
    "  -o, --output FILE     write FILE (made, or replaced; default standard output)\n"
    "      --value NAME      which of the profile's values comes first, or alone\n"
    "                        where the format has room for one: wall (default), cpu,\n"
    "                        calls, ...\n"
    "      --by-thread       keep threads apart, as outermost frames\n" HELP_DIRECTORY
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr export --format callgrind -o callgrind.out.lua cinstr.lua.4711.pb.gz\n"
    "  cinstr export --format speedscope -o lua.json lua && speedscope lua.json\n"
    "  cinstr export --format svg -o lua.svg lua.pb.gz\n"
    "  cinstr export --format folded --value cpu 4711 | flamegraph.pl >lua.svg\n";

static void print_help_end(FILE *out) {
    export_print_help(out);
    fputs(help_end, out);
}

enum { OPTION_FORMAT = 256, OPTION_VALUE, OPTION_BY_THREAD, OPTION_DIRECTORY };

static const struct option long_options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"value", required_argument, NULL, OPTION_VALUE},
    {"by-thread", no_argument, NULL, OPTION_BY_THREAD},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case 'o':
        request->output = strcmp(optarg, "-") == 0 ? NULL : optarg;
        break;
    case OPTION_FORMAT:
        return export_set_format(command, &request->format, optarg);
    case OPTION_VALUE:
        request->analysis.value = optarg;
        break;
    case OPTION_BY_THREAD:
        request->build.by_thread = true;
        break;
    default:
        request->directory = optarg;
    }
    return STATUS_FINE;
}

static const struct command_options options = {":o:h", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    struct error error;
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (request.format == NULL)
        return usage_error(command, "no --format: choose one of %s", export_format_names().text);
    const char *text = source_argument(command, argc, argv);
    if (text == NULL)
        return STATUS_USAGE;
    return source_use(text, request.directory, &request.build, export_profile, &request, &error) ==
                   0
               ? STATUS_FINE
               : fail(&error);
}

const struct command command_export = {
    .name = "export",
    .arguments = "--format FORMAT [OPTION]... SOURCE",
    .summary = "write a profile for another viewer",
    .help = help,
    .print_help_end = print_help_end,
    .run = run,
};
