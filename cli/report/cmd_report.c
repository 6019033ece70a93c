/* SPDX-License-Identifier: MIT */
/*
 * `cinstr report`: reads its options, analyses the profile, and has a format print one view of it.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/page.h"
#include "cli/print/text.h"
#include "cli/source/source.h"
#include "page/report_data.h"
#include "reader/profile/thread_frames.h"
#include "report.h"
#include "report_leaks.h"
#include "report_never_called.h"

static const struct report_format *const formats[] = {
#define FORMAT(name) &report_##name,
    REPORT_FORMATS(FORMAT)
#undef FORMAT
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]), TEXT_LIMIT = 100 };
#define TEXT_LEAST_PERCENT 0.5

enum view {
    VIEW_FUNCTIONS,
    VIEW_EDGES,
    VIEW_TREE,
    VIEW_ADDRESSES,
    VIEW_LEAKS,
    VIEW_NEVER_CALLED,
    VIEW_PAGE,
};

struct request {
    enum view view;
    const struct report_format *format;
    struct report_options options;
    struct analysis_options analysis;
    struct build_options build;
    const char *directory;
    const char *html;                        /* the page's file, for VIEW_PAGE */
    const char *view_option, *format_option; /* as given; NULL none */
    const char *rivals[2];                   /* two that exclude each other */
    const char *focus_text, *show_text;
    regex_t focus, show;
    bool has_sort, has_limit, has_least;
};

/* --- the report ------------------------------------------------------------------------------- */

static int print_data(FILE *out, const void *analysis, struct error *error) {
    return report_data_write(out, *(struct analysis *const *)analysis, error);
}

static int print_view(const struct request *request, struct analysis *analysis,
                      struct error *error) {
    const struct report_format *format = request->format;
    switch (request->view) {
    case VIEW_EDGES:
        return analysis_add_edges(analysis, error) != 0
                   ? -1
                   : format->edges(stdout, analysis, &request->options, error);
    case VIEW_TREE:
        return analysis_add_tree(analysis, error) != 0
                   ? -1
                   : format->tree(stdout, analysis, &request->options, error);
    case VIEW_PAGE:
        return page_write(PAGE_REPORT, request->html, print_data, &analysis, error);
    default:
        return format->functions(stdout, analysis, &request->options, error);
    }
}

/* Says so when --show or --focus matched nothing, since an empty table does not. */
static void note_no_match(const struct analysis *analysis, const struct request *request) {
    if (request->analysis.focus != NULL && analysis->sample_count == 0)
        note("no function matches --focus '%s'", request->focus_text);
    else if (!report_rows_match(analysis, request->options.show))
        note("no function matches --show '%s'", request->show_text);
}

static int report_profile(const void *context, struct profile *profile, struct error *error) {
    const struct request *request = context;
    if (request->view == VIEW_ADDRESSES)
        return report_addresses(stdout, profile, error);
    if (request->view == VIEW_LEAKS)
        return report_leaks(stdout, profile, request->format, &request->options, error);
    if (request->view == VIEW_NEVER_CALLED)
        return report_never_called(stdout, profile, request->format, &request->options, error);
    if (request->build.by_thread && thread_frames_add(profile, error) != 0)
        return -1;
    struct analysis *analysis = analysis_new(profile, &request->analysis, error);
    if (analysis == NULL)
        return -1;
    const int result = print_view(request, analysis, error);
    note_no_match(analysis, request);
    analysis_free(analysis);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Shows how often each function was called, from where, and how long it took.\n"
    "\n" SOURCE_HELP "\n"
    "What to show:\n"
    "  (nothing)             a table of functions\n"
    "      --edges           each function, its callers and callees, exact counts\n"
    "      --tree            the call tree\n"
    "      --leaks           memory still held, by who allocated it: of a heap\n"
    "                        profile, or a process recorded with heap=\n"
    "      --never-called    instrumented functions without a call: of programs that\n"
    "                        cinstr's LLVM plugin built\n"
    "      --by-thread       keep threads apart, as outermost frames\n"
    "      --value NAME      which of the profile's values: wall, cpu, ... (default\n"
    "                        wall; cpu for programs with threads, which wait much)\n"
    "      --focus REGEX     only stacks with a function that matches (an extended\n"
    "                        regular expression)\n"
    "      --show REGEX      only rows of functions that match\n"
    "  -s, --sort KEY        by self, total, calls, per-call or name (default self;\n"
    "                        total for --edges and --tree)\n"
    "  -n, --limit N         at most N rows, 0 all (default 100 in text, else all)\n"
    "      --long-names      C++ names with their template arguments and parameters\n"
    "      --least PERCENT   leave out smaller branches of the tree (default 0.5 in\n"
    "                        text, else 0)\n"
    "      --verbose         everything that the profile says of itself: its sums,\n"
    "                        what the probes took, each warning\n"
    "      --baseline SECONDS  run time of a plain build: fixes a segment's total\n" HELP_DIRECTORY
    "\n"
    "How:\n";

static const char help_end[] =
    "      --html FILE       a page for a browser: flame graph, functions, edges; it\n"
    "                        needs nothing else\n"
    "      --addresses       lines `callee call_site count`, addresses as in the\n"
    "                        ELF files\n"
    "  -h, --help            show this help\n"
    "\n"
    "self is time in the function itself, total includes what it calls; both are\n"
    "without the cost of the probes. The letter beside a time says how well it is\n"
    "known (95 %): A to within 5 %, B 20 %, C worse, - not known.\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr report cinstr.lua.4711.pb.gz\n"
    "  cinstr report --edges --show '^luaV_execute$' 4711\n"
    "  cinstr report --tree --focus parse cinstr.lua.4711.pb.gz\n"
    "  cinstr report --leaks prof.heap.pb.gz\n"
    "  cinstr report --html lua.html cinstr.lua.4711.pb.gz\n"
    "  cinstr report --json lua | jq '.functions[:3]'\n";

enum {
    OPTION_EDGES = 256,
    OPTION_TREE,
    OPTION_ADDRESSES,
    OPTION_LEAKS,
    OPTION_NEVER_CALLED,
    OPTION_BY_THREAD,
    OPTION_VALUE,
    OPTION_FOCUS,
    OPTION_SHOW,
    OPTION_LEAST,
    OPTION_VERBOSE,
    OPTION_LONG_NAMES,
    OPTION_BASELINE,
    OPTION_DIRECTORY,
    OPTION_HTML,
#define FORMAT(name) OPTION_FORMAT_##name,
    REPORT_FORMATS(FORMAT)
#undef FORMAT
        OPTION_END
};
enum { OPTION_FORMATS = OPTION_END - FORMATS };

static void print_help_end(FILE *out) {
    for (int i = 0; i < FORMATS; i++)
        fprintf(out, "      --%-15s %s\n", formats[i]->name, formats[i]->help);
    fputs(help_end, out);
}

static const struct option long_options[] = {
    {"edges", no_argument, NULL, OPTION_EDGES},
    {"tree", no_argument, NULL, OPTION_TREE},
    {"addresses", no_argument, NULL, OPTION_ADDRESSES},
    {"leaks", no_argument, NULL, OPTION_LEAKS},
    {"never-called", no_argument, NULL, OPTION_NEVER_CALLED},
    {"by-thread", no_argument, NULL, OPTION_BY_THREAD},
    {"value", required_argument, NULL, OPTION_VALUE},
    {"focus", required_argument, NULL, OPTION_FOCUS},
    {"show", required_argument, NULL, OPTION_SHOW},
    {"sort", required_argument, NULL, 's'},
    {"limit", required_argument, NULL, 'n'},
    {"long-names", no_argument, NULL, OPTION_LONG_NAMES},
    {"least", required_argument, NULL, OPTION_LEAST},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"html", required_argument, NULL, OPTION_HTML},
    {"help", no_argument, NULL, 'h'},
#define FORMAT(name) {#name, no_argument, NULL, OPTION_FORMAT_##name},
    REPORT_FORMATS(FORMAT)
#undef FORMAT
        {0},
};

static int set_sort(const struct command *command, struct request *request, const char *text) {
    static const char *const names[] = {
        [REPORT_SORT_SELF] = "self",   [REPORT_SORT_TOTAL] = "total",
        [REPORT_SORT_CALLS] = "calls", [REPORT_SORT_PER_CALL] = "per-call",
        [REPORT_SORT_NAME] = "name",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], text) == 0) {
            request->options.sort = (enum report_sort)i;
            request->has_sort = true;
            return STATUS_FINE;
        }
    }
    return usage_error(command, "unknown sort key '%s' (use self, total, calls, per-call or name)",
                       text);
}

static int set_number(const struct command *command, struct request *request, int option) {
    double percent;
    uint64_t limit;
    switch (option) {
    case 'n':
        request->has_limit = parse_number(optarg, 0, UINT32_MAX, &limit);
        if (!request->has_limit)
            return usage_error(command, "--limit takes a number of rows, not '%s'", optarg);
        request->options.limit = (uint32_t)limit;
        return STATUS_FINE;
    case OPTION_LEAST:
        request->has_least = parse_real(optarg, 0, 100, &percent);
        if (!request->has_least)
            return usage_error(command, "--least takes a percentage, not '%s'", optarg);
        request->options.least_share = percent / 100;
        return STATUS_FINE;
    default:
        return set_baseline(command, &request->build.baseline_seconds);
    }
}

/* The first two options that exclude each other are remembered, and refused when all are read. */
static void set_once(struct request *request, const char **option, const char *name) {
    if (*option != NULL && strcmp(*option, name) != 0 && request->rivals[0] == NULL) {
        request->rivals[0] = *option;
        request->rivals[1] = name;
    }
    *option = name;
}

static bool set_view(struct request *request, int option) {
    static const struct {
        int option;
        enum view view;
        const char *name;
    } views[] = {
        {OPTION_EDGES, VIEW_EDGES, "edges"},
        {OPTION_TREE, VIEW_TREE, "tree"},
        {OPTION_ADDRESSES, VIEW_ADDRESSES, "addresses"},
        {OPTION_LEAKS, VIEW_LEAKS, "leaks"},
        {OPTION_NEVER_CALLED, VIEW_NEVER_CALLED, "never-called"},
        {OPTION_HTML, VIEW_PAGE, "html"},
    };
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        if (views[i].option != option)
            continue;
        request->view = views[i].view;
        set_once(request, &request->view_option, views[i].name);
        return true;
    }
    return false;
}

static bool set_format(struct request *request, int option) {
    if (option < OPTION_FORMATS)
        return false;
    request->format = formats[option - OPTION_FORMATS];
    set_once(request, &request->format_option, request->format->name);
    return true;
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    if (option == OPTION_LEAKS)
        request->build.kind = "heap";
    if (option == OPTION_HTML)
        request->html = optarg;
    if (set_view(request, option) || set_format(request, option))
        return STATUS_FINE;
    switch (option) {
    case OPTION_BY_THREAD:
        request->build.by_thread = true;
        return STATUS_FINE;
    case OPTION_LONG_NAMES:
        text_show_long_names();
        return STATUS_FINE;
    case OPTION_VALUE:
        request->analysis.value = optarg;
        return STATUS_FINE;
    case OPTION_FOCUS:
        request->focus_text = optarg;
        return set_pattern(command, &request->focus, &request->analysis.focus, optarg);
    case OPTION_SHOW:
        request->show_text = optarg;
        return set_pattern(command, &request->show, &request->options.show, optarg);
    case OPTION_VERBOSE:
        request->options.verbose = true;
        return STATUS_FINE;
    case OPTION_DIRECTORY:
        request->directory = optarg;
        return STATUS_FINE;
    case 's':
        return set_sort(command, request, optarg);
    default:
        return set_number(command, request, option);
    }
}

/* The default of what is left out depends on the reader: people get less than programs. */
static void set_defaults(struct request *request) {
    const bool is_text = request->format == &report_text;
    if (!request->has_sort && request->view != VIEW_FUNCTIONS)
        request->options.sort = REPORT_SORT_TOTAL;
    if (!request->has_limit && is_text)
        request->options.limit = TEXT_LIMIT;
    if (!request->has_least && is_text)
        request->options.least_share = TEXT_LEAST_PERCENT / 100;
}

static const struct command_options options = {":s:n:h", long_options, set_option};

static int check(const struct command *command, const struct request *request) {
    const bool is_page = request->view == VIEW_PAGE, is_list = request->view == VIEW_ADDRESSES;
    if (request->rivals[0] != NULL)
        return usage_error(command, "--%s and --%s exclude each other", request->rivals[0],
                           request->rivals[1]);
    if (request->view == VIEW_LEAKS && request->format->leaks == NULL)
        return usage_error(command, "--leaks has stacks, which --%s cannot show: use --json",
                           request->format_option);
    if ((is_page || is_list) && request->format_option != NULL)
        return usage_error(command, "--%s excludes --%s", request->view_option,
                           request->format_option);
    if ((is_page || is_list) && (request->show_text != NULL || request->has_limit))
        return usage_error(command, "--%s shows all: not with --show or --limit",
                           request->view_option);
    if (request->has_least && request->view != VIEW_TREE)
        return usage_error(command, "--least goes with --tree");
    return STATUS_GO_ON;
}

static int run_request(const struct command *command, struct request *request, int argc,
                       char **argv) {
    const int status = read_options(command, argc, argv, &options, request);
    if (status != STATUS_GO_ON)
        return status;
    const int checked = check(command, request);
    if (checked != STATUS_GO_ON)
        return checked;
    const char *source = source_argument(command, argc, argv);
    if (source == NULL)
        return STATUS_USAGE;
    struct error error;
    set_defaults(request);
    return source_use(source, request->directory, &request->build, report_profile, request,
                      &error) == 0
               ? STATUS_FINE
               : fail(&error);
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.format = &report_text};
    const int status = run_request(command, &request, argc, argv);
    if (request.analysis.focus != NULL)
        regfree(&request.focus);
    if (request.options.show != NULL)
        regfree(&request.show);
    return status;
}

const struct command command_report = {
    .name = "report",
    .arguments = "[OPTION]... SOURCE",
    .summary = "show functions, call edges or the call tree, with exact counts",
    .help = help,
    .print_help_end = print_help_end,
    .run = run,
};
