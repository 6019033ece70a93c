/* SPDX-License-Identifier: MIT */
/* `cinstr export`: writes a profile for another viewer. */
#include <getopt.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/output_file.h"
#include "cli/source/source.h"
#include "export.h"
#include "reader/profile/thread_frames.h"

static const struct export_format *const formats[] = {
#define FORMAT(name) &export_##name,
    EXPORT_FORMATS(FORMAT)
#undef FORMAT
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

struct request {
    const struct export_format *format;
    const char *output; /* NULL: standard output */
    const char *directory;
    struct analysis_options analysis;
    struct build_options build;
};

struct printing {
    const struct export_format *format;
    struct analysis *analysis;
};

/* --- the export ------------------------------------------------------------------------------- */

static int print(FILE *out, const void *what, struct error *error) {
    const struct printing *printing = what;
    return printing->format->print(out, printing->analysis, error);
}

/* Viewers take values for costs, which are never negative. */
static int refuse_negative(const struct profile *profile, struct error *error) {
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        for (uint32_t type = 0; type < profile->value_type_count; type++) {
            if (profile->samples[i].values[type] < 0)
                return error_set(error, "it is a difference: it has values below 0, which other "
                                        "viewers' formats cannot express");
        }
    }
    return 0;
}

static int export_profile(const void *context, struct profile *profile, struct error *error) {
    const struct request *request = context;
    if (refuse_negative(profile, error) != 0 ||
        (request->build.by_thread && thread_frames_add(profile, error) != 0))
        return -1;
    const struct printing printing = {request->format,
                                      analysis_new(profile, &request->analysis, error)};
    if (printing.analysis == NULL)
        return -1;
    const int result = request->output == NULL
                           ? print(stdout, &printing, error)
                           : output_file_print(request->output, print, &printing, error);
    analysis_free(printing.analysis);
    return result;
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
    "  cinstr export --format dot lua.pb.gz | dot -Tsvg >lua.svg\n"
    "  cinstr export --format folded --value cpu 4711 | flamegraph.pl >lua.svg\n";

static void print_help_end(FILE *out) {
    for (size_t i = 0; i < FORMATS; i++)
        fprintf(out, "                        %s: %s\n", formats[i]->name, formats[i]->help);
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

struct names {
    char text[128];
};

/* The names of all formats: "callgrind, folded, ..." */
static struct names format_names(void) {
    struct names names = {""};
    size_t length = 0;
    for (size_t i = 0; i < FORMATS && length < sizeof(names.text); i++)
        length += (size_t)snprintf(names.text + length, sizeof(names.text) - length, "%s%s",
                                   i == 0 ? "" : ", ", formats[i]->name);
    return names;
}

static int set_format(const struct command *command, struct request *request) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i]->name, optarg) == 0) {
            request->format = formats[i];
            return STATUS_FINE;
        }
    }
    return usage_error(command, "unknown format '%s': choose one of %s", optarg,
                       format_names().text);
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case 'o':
        request->output = strcmp(optarg, "-") == 0 ? NULL : optarg;
        break;
    case OPTION_FORMAT:
        return set_format(command, request);
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
        return usage_error(command, "no --format: choose one of %s", format_names().text);
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
