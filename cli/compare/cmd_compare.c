/* SPDX-License-Identifier: MIT */
/*
 * `cinstr compare`: compares sampled profiles with an exact one, and says with statistics where
 * they can be believed.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/page.h"
#include "cli/print/text.h"
#include "cli/source/source.h"
#include "compare_print.h"

struct request {
    struct compare_options options;
    struct compare_page page;
    const char *directory;
    const char *html; /* the page's file; NULL none */
    bool json, must_agree, has_limit;
};

static struct profile *read_profile(const char *name, const char *directory, const char *kind) {
    struct source source;
    struct error error;
    if (source_open(&source, name, directory, &error) != 0) {
        fail(&error);
        return NULL;
    }
    struct profile *profile =
        source_profile(&source, &(struct build_options){.kind = kind}, &error);
    source_close(&source);
    if (profile == NULL)
        fail(&error);
    return profile;
}

struct document {
    struct compare *compare;
    const struct compare_page *page;
};

static int print_json(FILE *out, const void *what, struct error *error) {
    const struct document *document = what;
    return compare_print_json(out, document->compare, document->page, error);
}

static int show(const struct request *request, struct compare *compare, struct error *error) {
    const struct document document = {compare, &request->page};
    if (request->html != NULL)
        return page_write(PAGE_COMPARE, request->html, print_json, &document, error);
    return request->json ? compare_print_json(stdout, compare, &request->page, error)
                         : compare_print_text(stdout, compare, &request->page, error);
}

static int print(const struct request *request, const struct profile *exact,
                 const struct profile *sampled) {
    struct error error;
    struct compare *compare = compare_new(exact, sampled, &request->options, &error);
    if (compare == NULL)
        return fail(&error);
    const int printed = show(request, compare, &error);
    const bool differs = compare->differ != 0;
    compare_free(compare);
    if (printed != 0)
        return fail(&error);
    return differs && request->must_agree ? STATUS_FAILED : STATUS_FINE;
}

static int compare_all(struct request *request, int count, char **names) {
    struct profile *exact = read_profile(names[0], request->directory, NULL);
    int status = exact == NULL ? STATUS_FAILED : STATUS_FINE;
    for (int i = 1; exact != NULL && i < count; i++) {
        struct profile *sampled = read_profile(names[i], request->directory, "samples");
        request->page.exact = names[0];
        request->page.sampled = names[i];
        if (i > 1 && !request->json)
            putchar('\n');
        if (sampled == NULL || print(request, exact, sampled) != STATUS_FINE)
            status = STATUS_FAILED;
        profile_free(sampled);
    }
    profile_free(exact);
    return status;
}

static int set_against(const struct command *command, struct request *request) {
    if (strcmp(optarg, "raw") == 0)
        request->options.against = COMPARE_RAW;
    else if (strcmp(optarg, "corrected") == 0)
        request->options.against = COMPARE_CORRECTED;
    else
        return usage_error(command, "--against is raw or corrected, not '%s'", optarg);
    return STATUS_FINE;
}

static int set(const struct command *command, void *context, int option) {
    struct request *request = context;
    uint64_t number;
    switch (option) {
    case 'a':
        return set_against(command, request);
    case 'c':
        request->options.by_context = true;
        return STATUS_FINE;
    case 'd':
        request->directory = optarg;
        return STATUS_FINE;
    case 'H':
        request->html = optarg;
        return STATUS_FINE;
    case 'j':
        request->json = true;
        return STATUS_FINE;
    case 'L':
        text_show_long_names();
        return STATUS_FINE;
    case 'm':
        request->must_agree = true;
        return STATUS_FINE;
    default:
        if (!parse_number(optarg, 0, UINT32_MAX, &number))
            return usage_error(command, "--limit is a number of rows, not '%s'", optarg);
        request->page.limit = (uint32_t)number;
        request->has_limit = true;
        return STATUS_FINE;
    }
}

static const char help[] =
    "Holds sampled profiles against an exact one of the same program: for each\n"
    "function its exact and its sampled share of the time, the 95 % interval of\n"
    "the sampled one, and whether chance, or the error of the exact one, explains\n"
    "the difference (all judged together at the 5 % level, by Holm). Any pprof file\n"
    "with a value \"samples\" can be SAMPLED.\n"
    "\n"
    "Samples in code without hooks belong to the nearest caller that has them, as\n"
    "its time does in the exact profile. Samples of the run that was recorded hold\n"
    "the probes' own time and are compared with raw times, others with times as\n"
    "corrected; CPU samples with CPU time, those of the wall clock with wall time.\n"
    "Grades say how well the exact time is known (95 %): A to within 5 %, B 20 %,\n"
    "C worse, - not known, and not judged.\n"
    "\n"
    "Options:\n"
    "      --against BASIS   raw or corrected times, whatever the profiles say\n"
    "      --contexts        compare calling contexts, not functions\n"
    "      --limit N         print at most N rows (20; 0 all), and those that differ\n"
    "      --long-names      C++ names with their template arguments and parameters\n"
    "      --must-agree      status 1 if anything differs beyond chance\n"
    "      --json            machine-readable; one object for each SAMPLED\n"
    "      --html FILE       a page with a plot and a table, of one SAMPLED; it\n"
    "                        needs nothing but a browser\n" HELP_DIRECTORY
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 compared, 1 not readable or not comparable (or, with\n"
    "--must-agree, not alike), 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr run --sample=1000 -o lua.pb.gz ./lua mixed.lua\n"
    "  cinstr compare lua.pb.gz lua.cpu.pb.gz\n"
    "  cinstr compare --contexts --limit 50 lua.pb.gz plain.cpu.pb.gz\n"
    "  cinstr compare --html lua.html lua.pb.gz lua.cpu.pb.gz\n";

static const struct option names[] = {
    {"against", required_argument, NULL, 'a'},
    {"contexts", no_argument, NULL, 'c'},
    {"directory", required_argument, NULL, 'd'},
    {"html", required_argument, NULL, 'H'},
    {"json", no_argument, NULL, 'j'},
    {"limit", required_argument, NULL, 'l'},
    {"long-names", no_argument, NULL, 'L'},
    {"must-agree", no_argument, NULL, 'm'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.options.level = 0.05, .page.limit = 20};
    const int status =
        read_options(command, argc, argv, &(struct command_options){":h", names, set}, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (argc - optind < 2)
        return usage_error(command, "an exact profile and at least one sampled one are needed");
    if (request.html != NULL && argc - optind > 2)
        return usage_error(command, "a page shows one sampled profile");
    if (request.html != NULL && request.json)
        return usage_error(command, "--html and --json exclude each other");
    if (request.html != NULL && !request.has_limit)
        request.page.limit = 0;
    return compare_all(&request, argc - optind, argv + optind);
}

const struct command command_compare = {
    .name = "compare",
    .arguments = "[OPTION]... EXACT SAMPLED...",
    .summary = "hold sampled profiles against an exact one",
    .help = help,
    .run = run,
};
