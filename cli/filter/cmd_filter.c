/* SPDX-License-Identifier: MIT */
/*
 * `cinstr filter`: reads a profile and prints which functions to leave out, so that the hooks' cost
 * stays within a budget; with --against, says how far the prediction was off.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/base/input.h"
#include "cli/print/units.h"
#include "cli/source/source.h"
#include "filter_list.h"
#include "reader/analysis/budget.h"

struct request {
    double share;    /* 0: no budget */
    double baseline; /* CPU seconds of the plain build; 0 unknown */
    const struct filter_list *list;
    const char *against; /* the list, or the ratio that was predicted; NULL */
    const char *directory;
};

/* --- a new list ------------------------------------------------------------------------------- */

static void print_summary(const struct budget *budget, const struct request *request) {
    uint32_t chosen[] = {0, 0, 0};
    for (uint32_t i = 0; i < budget->count; i++)
        chosen[budget->functions[i].choice] += budget->functions[i].calls > 0;
    note("probes made the program %.2f times as slow; predicted with this list: %.2f",
         budget_slowdown(budget), budget_predicted(budget));
    note("%s functions timed, %s counted, %s skipped; %s of the time will not be timed",
         units_count(chosen[BUDGET_TIME]).text, units_count(chosen[BUDGET_COUNT]).text,
         units_count(chosen[BUDGET_SKIP]).text, units_share(budget->lost_ns, budget->base_ns).text);
    if (budget->error > 0.2)
        note("the program's own time is known only to +-%.0f %%, and so is this prediction; "
             "--baseline SECONDS, or a profile of the program built anew, narrows it",
             100 * budget->error);
    if (budget_predicted(budget) > 1 + request->share)
        note("this exceeds the budget: no list can leave out the calls that remain");
}

static int print_list(struct budget *budget, const struct request *request, struct error *error) {
    const struct budget_options options = {
        .share = request->share,
        .can_count = request->list->can_count,
        .covers = request->list->covers,
    };
    if (budget_choose(budget, &options, error) != 0)
        return -1;
    request->list->print(stdout, budget);
    print_summary(budget, request);
    return 0;
}

/* --- how it came out -------------------------------------------------------------------------- */

static int read_prediction(const char *against, double *predicted, struct error *error) {
    char line[256];
    bool found = false;
    if (parse_real(against, 1, 1e9, predicted))
        return 0;
    const int fd = input_open(against, error);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (file == NULL)
        return fd < 0 ? -1 : error_set_errno(error, "cannot read %s", against);
    while (!found && fgets(line, sizeof(line), file) != NULL)
        found = sscanf(line, "# predicted: %lf", predicted) == 1 && *predicted >= 1;
    fclose(file);
    return found ? 0 : error_set(error, "%s: states no prediction", against);
}

static int compare(const struct budget *budget, const struct request *request,
                   struct error *error) {
    double predicted;
    if (read_prediction(request->against, &predicted, error) != 0)
        return -1;
    printf("predicted %.3f, measured %.3f: %+.1f points\n", predicted, budget_slowdown(budget),
           100 * (budget_slowdown(budget) - predicted));
    return 0;
}

static int filter(const struct request *request, const char *text, struct error *error) {
    struct source source;
    if (source_open(&source, text, request->directory, error) != 0)
        return -1;
    struct profile *profile = source_profile(&source, &(struct build_options){0}, error);
    struct budget *budget = profile == NULL ? NULL : budget_new(profile, request->baseline, error);
    int result = -1;
    if (profile != NULL && budget == NULL)
        error_prefix(error, "%s", source.name);
    if (budget != NULL)
        result = request->against != NULL ? compare(budget, request, error)
                                          : print_list(budget, request, error);
    budget_free(budget);
    profile_free(profile);
    source_close(&source);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Prints a list of functions to leave out of the instrumentation, so that probes\n"
    "add no more than a budget to the program's own run time: those whose calls cost\n"
    "most for the time that is lost sight of. What it predicts goes to standard\n"
    "error.\n"
    "\n" SOURCE_HELP "\n"
    "Options:\n"
    "      --budget PERCENT  what probes may add to the run time; 10 or 10%\n"
    "      --for COMPILER    whose list: plugin (default), gcc, xray\n"
    "      --baseline SECONDS  a plain build's CPU time, if the profile is not sure\n"
    "      --against LIST    instead: compare what LIST, or a number, predicted with\n"
    "                        this profile of the program built with it\n" HELP_DIRECTORY
    "  -h, --help            show this help\n"
    "\n"
    "plugin: `count fun:NAME` and `skip fun:NAME`, one a line, as cinstr's LLVM\n"
    "plugin reads it. gcc: an option, to be given as @FILE; its names are parts of\n"
    "names; others that they match count as well. xray: an attribute list, for\n"
    "-fxray-attr-list=FILE.\n"
    "What the plugin builds with its list says in its next profile how it came out.\n"
    "The time of a function that is not timed shows in its callers. Predictions hold\n"
    "for a run that does the same again.\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr filter --budget 10% --for gcc cinstr.lua.4711.pb.gz >list\n"
    "  make CC=\"cinstr cc gcc @$PWD/list\"\n"
    "  cinstr filter --against 1.10 cinstr.lua.4720.pb.gz\n";

enum { OPTION_BUDGET = 256, OPTION_FOR, OPTION_AGAINST, OPTION_BASELINE, OPTION_DIRECTORY };

static const struct option long_options[] = {
    {"budget", required_argument, NULL, OPTION_BUDGET},
    {"for", required_argument, NULL, OPTION_FOR},
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_budget(const struct command *command, struct request *request) {
    char number[32];
    const size_t length = strlen(optarg);
    double percent;
    snprintf(number, sizeof(number), "%.*s",
             (int)(length > 0 && optarg[length - 1] == '%' ? length - 1 : length), optarg);
    if (length >= sizeof(number) || !parse_real(number, 1e-6, 1e6, &percent))
        return usage_error(command, "--budget takes a percentage above 0, not '%s'", optarg);
    request->share = percent / 100;
    return STATUS_FINE;
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case OPTION_BUDGET:
        return set_budget(command, request);
    case OPTION_FOR:
        request->list = filter_list_find(optarg);
        if (request->list == NULL)
            return usage_error(command, "no list for '%s'; use plugin, gcc or xray", optarg);
        return STATUS_FINE;
    case OPTION_AGAINST:
        request->against = optarg;
        return STATUS_FINE;
    case OPTION_BASELINE:
        return set_baseline(command, &request->baseline);
    default:
        request->directory = optarg;
        return STATUS_FINE;
    }
}

static const struct command_options options = {":h", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.list = filter_list_find("plugin")};
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    if ((request.share > 0) == (request.against != NULL))
        return usage_error(command, "either --budget or --against");
    const char *source = source_argument(command, argc, argv);
    if (source == NULL)
        return STATUS_USAGE;
    struct error error;
    return filter(&request, source, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_filter = {
    .name = "filter",
    .arguments = "[OPTION]... SOURCE",
    .summary = "choose functions to leave out, to stay within a budget",
    .help = help,
    .run = run,
};
