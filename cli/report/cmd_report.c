/* SPDX-License-Identifier: MIT */
/*
 * `cinstr report`: analyses the profile, and has a format print one view of it.
 */
#include "cli/base/command.h"
#include "cli/print/page.h"
#include "cli/source/source.h"
#include "page/report_data.h"
#include "reader/profile/thread_frames.h"
#include "report_leaks.h"
#include "report_never_called.h"
#include "report_request.h"
#include "report_slowest.h"
#include "report_source.h"

static int print_data(FILE *out, const void *analysis, struct error *error) {
    return report_data_write(out, *(struct analysis *const *)analysis, error);
}

static int add_durations(struct analysis *analysis, struct error *error) {
    if (analysis_add_edges(analysis, error) != 0 || analysis_add_durations(analysis, error) != 0)
        return -1;
    return analysis->function_spreads != NULL ? 0 : error_set(error, ANALYSIS_NO_DURATIONS);
}

static int print_view(const struct report_request *request, struct analysis *analysis,
                      struct error *error) {
    const struct report_format *format = request->format;
    if (request->has_percentiles && add_durations(analysis, error) != 0)
        return -1;
    switch (request->view) {
    case REPORT_VIEW_SLOWEST:
        return report_slowest(stdout, analysis, format, &request->options, error);
    case REPORT_VIEW_SOURCE:
        return report_source(stdout, analysis, format, &request->options, request->source,
                             &request->source_paths, error);
    case REPORT_VIEW_EDGES:
        return !request->has_percentiles && analysis_add_edges(analysis, error) != 0
                   ? -1
                   : format->edges(stdout, analysis, &request->options, error);
    case REPORT_VIEW_TREE:
        return analysis_add_tree(analysis, error) != 0
                   ? -1
                   : format->tree(stdout, analysis, &request->options, error);
    case REPORT_VIEW_PAGE:
        return page_write(PAGE_REPORT, request->html, print_data, &analysis, error);
    default:
        return format->functions(stdout, analysis, &request->options, error);
    }
}

/* Says so when --show or --focus matched nothing, since an empty table does not. */
static void note_no_match(const struct analysis *analysis, const struct report_request *request) {
    if (request->analysis.focus != NULL && analysis->sample_count == 0)
        note("no function matches --focus '%s'", request->focus_text);
    else if (!report_rows_match(analysis, request->options.show))
        note("no function matches --show '%s'", request->show_text);
}

static int report_profile(const void *context, struct profile *profile, struct error *error) {
    const struct report_request *request = context;
    if (request->thread != NULL && thread_select(profile, request->thread, error) != 0)
        return -1;
    if (request->view == REPORT_VIEW_ADDRESSES)
        return report_addresses(stdout, profile, error);
    if (request->view == REPORT_VIEW_LEAKS)
        return report_leaks(stdout, profile, request->format, &request->options, error);
    if (request->view == REPORT_VIEW_NEVER_CALLED)
        return report_never_called(stdout, profile, request->format, &request->options, error);
    if (request->by_thread && thread_frames_add(profile, error) != 0)
        return -1;
    struct analysis *analysis = analysis_new(profile, &request->analysis, error);
    if (analysis == NULL)
        return -1;
    const int result = print_view(request, analysis, error);
    note_no_match(analysis, request);
    analysis_free(analysis);
    return result;
}

static int report(const struct command *command, const struct report_request *request, int argc,
                  char **argv) {
    struct error error;
    const char *source = source_argument(command, argc, argv);
    if (source == NULL)
        return STATUS_USAGE;
    return source_use(source, request->directory, &request->build, report_profile, request,
                      &error) == 0
               ? STATUS_FINE
               : fail(&error);
}

static int run(const struct command *command, int argc, char **argv) {
    struct report_request request = {0};
    int status = report_request_read(command, argc, argv, &request);
    if (status == STATUS_GO_ON)
        status = report(command, &request, argc, argv);
    report_request_free(&request);
    return status;
}

const struct command command_report = {
    .name = "report",
    .arguments = "[OPTION]... SOURCE",
    .summary = "show functions, call edges or the call tree, with exact counts",
    .help = report_help,
    .print_help_end = report_print_help_end,
    .run = run,
};
