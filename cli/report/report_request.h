/* SPDX-License-Identifier: MIT */
/*
 * What a command line of `cinstr report` asks for: its options, their help, and which of them
 * exclude each other. Called by cmd_report.c alone.
 */
#ifndef CINSTR_CLI_REPORT_REQUEST_H
#define CINSTR_CLI_REPORT_REQUEST_H

#include "cli/base/command.h"
#include "reader/build/build_profile.h"
#include "report.h"
#include "source_text.h"

enum report_view {
    REPORT_VIEW_FUNCTIONS,
    REPORT_VIEW_EDGES,
    REPORT_VIEW_TREE,
    REPORT_VIEW_ADDRESSES,
    REPORT_VIEW_LEAKS,
    REPORT_VIEW_SLOWEST,
    REPORT_VIEW_SOURCE,
    REPORT_VIEW_NEVER_CALLED,
    REPORT_VIEW_PAGE,
};

struct report_request {
    enum report_view view;
    const struct report_format *format;
    struct report_options options;
    struct analysis_options analysis;
    struct build_options build;
    const char *directory;
    const char *thread; /* only this one; NULL: all */
    const char *source; /* the function or file, for REPORT_VIEW_SOURCE */
    struct source_paths source_paths;
    const char *html;                        /* the page's file, for REPORT_VIEW_PAGE */
    const char *view_option, *format_option; /* as given; NULL none */
    const char *rivals[2];                   /* two that exclude each other */
    const char *focus_text, *show_text;
    regex_t focus, show;
    bool by_thread; /* show them as outermost frames */
    bool has_sort, has_limit, has_least, has_percentiles;
};

extern const char report_help[];
void report_print_help_end(FILE *out);

/* Reads and checks the options. Returns STATUS_GO_ON, or the status that ends the command. What
 * the request holds has to be freed in any case. */
int report_request_read(const struct command *command, int argc, char **argv,
                        struct report_request *request);
void report_request_free(struct report_request *request);

#endif
