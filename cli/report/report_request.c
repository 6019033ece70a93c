/* SPDX-License-Identifier: MIT */
/* See report_request.h. */
#include "report_request.h"

#include <getopt.h>
#include <string.h>

#include "cli/print/text.h"
#include "cli/source/source.h"
#include "report_slowest.h"

static const struct report_format *const formats[] = {
#define FORMAT(name) &report_##name,
    REPORT_FORMATS(FORMAT)
#undef FORMAT
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]), TEXT_LIMIT = 100 };
#define TEXT_LEAST_PERCENT 0.5

const char report_help[] =
    "Shows how often each function was called, from where, and how long it took.\n"
    "\n" SOURCE_HELP "\n"
    "What to show:\n"
    "  (nothing)             a table of functions\n"
    "      --edges           each function, its callers and callees, exact counts\n"
    "      --tree            the call tree\n"
    "      --percentiles     with the table of functions, or --edges: how long calls\n"
    "                        took, half of them, 90 %, 99 % and the longest; of\n"
    "                        programs recorded with histogram=1\n"
    "      --slowest N       the N longest calls and their contexts, of the same\n"
    "      --source WHAT     source with what each line costs: of a function (or a\n"
    "                        pattern, lua_*), or of a FILE\n"
    "      --leaks           memory still held, by who allocated it: of a heap\n"
    "                        profile, or a process recorded with heap=\n"
    "      --never-called    instrumented functions without a call: of programs that\n"
    "                        cinstr's LLVM plugin built\n"
    "      --by-thread       keep threads apart, as outermost frames\n"
    "      --thread NAME     only threads of that name or number, or of names that a\n"
    "                        pattern matches (worker-*)\n"
    "      --source-path DIR look for source below DIR first (can be repeated)\n"
    "      --value NAME      which of the profile's values: wall, cpu, ... (default\n"
    "                        wall; cpu for programs with threads, which wait much)\n"
    "      --focus REGEX     only stacks with a function that matches (an extended\n"
    "                        regular expression)\n"
    "      --show REGEX      only rows of functions that match\n"
    "  -s, --sort KEY        by self, total, calls, per-call or name (default self;\n"
    "                        total for --edges and --tree); with --percentiles also\n"
    "                        by p50, p90, p99 or longest\n"
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
    "  cinstr report --percentiles --sort p99 cinstr.lua.4711.pb.gz\n"
    "  cinstr report --source luaV_execute --source-path lua/src lua.pb.gz\n"
    "  cinstr report --leaks prof.heap.pb.gz\n"
    "  cinstr report --html lua.html cinstr.lua.4711.pb.gz\n"
    "  cinstr report --json lua | jq '.functions[:3]'\n";

enum {
    OPTION_EDGES = 256,
    OPTION_TREE,
    OPTION_ADDRESSES,
    OPTION_PERCENTILES,
    OPTION_SLOWEST,
    OPTION_SOURCE,
    OPTION_SOURCE_PATH,
    OPTION_LEAKS,
    OPTION_NEVER_CALLED,
    OPTION_BY_THREAD,
    OPTION_THREAD,
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

void report_print_help_end(FILE *out) {
    for (int i = 0; i < FORMATS; i++)
        fprintf(out, "      --%-15s %s\n", formats[i]->name, formats[i]->help);
    fputs(help_end, out);
}

static const struct option long_options[] = {
    {"edges", no_argument, NULL, OPTION_EDGES},
    {"tree", no_argument, NULL, OPTION_TREE},
    {"addresses", no_argument, NULL, OPTION_ADDRESSES},
    {"percentiles", no_argument, NULL, OPTION_PERCENTILES},
    {"slowest", required_argument, NULL, OPTION_SLOWEST},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"source-path", required_argument, NULL, OPTION_SOURCE_PATH},
    {"leaks", no_argument, NULL, OPTION_LEAKS},
    {"never-called", no_argument, NULL, OPTION_NEVER_CALLED},
    {"by-thread", no_argument, NULL, OPTION_BY_THREAD},
    {"thread", required_argument, NULL, OPTION_THREAD},
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

static int set_sort(const struct command *command, struct report_request *request,
                    const char *text) {
    request->has_sort = report_sort_named(text, &request->options.sort);
    if (request->has_sort)
        return STATUS_FINE;
    return usage_error(command,
                       "unknown sort key '%s' (use self, total, calls, per-call or name; with "
                       "--percentiles also p50, p90, p99 or longest)",
                       text);
}

static int set_number(const struct command *command, struct report_request *request, int option) {
    double percent;
    uint64_t limit;
    switch (option) {
    case 'n':
        request->has_limit = parse_number(optarg, 0, UINT32_MAX, &limit);
        if (!request->has_limit)
            return usage_error(command, "--limit takes a number of rows, not '%s'", optarg);
        request->options.limit = (uint32_t)limit;
        return STATUS_FINE;
    case OPTION_SLOWEST:
        if (!parse_number(optarg, 1, REPORT_SLOWEST_MOST, &limit))
            return usage_error(command, "--slowest takes a number of calls, 1 to %d, not '%s'",
                               REPORT_SLOWEST_MOST, optarg);
        request->options.slowest = (uint32_t)limit;
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
static void set_once(struct report_request *request, const char **option, const char *name) {
    if (*option != NULL && strcmp(*option, name) != 0 && request->rivals[0] == NULL) {
        request->rivals[0] = *option;
        request->rivals[1] = name;
    }
    *option = name;
}

static bool set_view(struct report_request *request, int option) {
    static const struct {
        int option;
        enum report_view view;
        const char *name;
    } views[] = {
        {OPTION_EDGES, REPORT_VIEW_EDGES, "edges"},
        {OPTION_TREE, REPORT_VIEW_TREE, "tree"},
        {OPTION_ADDRESSES, REPORT_VIEW_ADDRESSES, "addresses"},
        {OPTION_SLOWEST, REPORT_VIEW_SLOWEST, "slowest"},
        {OPTION_SOURCE, REPORT_VIEW_SOURCE, "source"},
        {OPTION_LEAKS, REPORT_VIEW_LEAKS, "leaks"},
        {OPTION_NEVER_CALLED, REPORT_VIEW_NEVER_CALLED, "never-called"},
        {OPTION_HTML, REPORT_VIEW_PAGE, "html"},
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

static bool set_format(struct report_request *request, int option) {
    if (option < OPTION_FORMATS)
        return false;
    request->format = formats[option - OPTION_FORMATS];
    set_once(request, &request->format_option, request->format->name);
    return true;
}

static int set_option(const struct command *command, void *context, int option) {
    struct report_request *request = context;
    struct error error;
    if (option == OPTION_LEAKS)
        request->build.kind = "heap";
    if (option == OPTION_HTML)
        request->html = optarg;
    if (option == OPTION_SOURCE)
        request->source = optarg;
    if ((set_view(request, option) && option != OPTION_SLOWEST) || set_format(request, option))
        return STATUS_FINE;
    switch (option) {
    case OPTION_SOURCE_PATH:
        return source_paths_add(&request->source_paths, optarg, &error) == 0 ? STATUS_FINE
                                                                             : fail(&error);
    case OPTION_PERCENTILES:
        request->has_percentiles = true;
        return STATUS_FINE;
    case OPTION_BY_THREAD:
        request->build.by_thread = request->by_thread = true;
        return STATUS_FINE;
    case OPTION_THREAD:
        request->thread = optarg;
        request->build.by_thread = true;
        request->analysis.is_part = true;
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
static void set_defaults(struct report_request *request) {
    const bool is_text = request->format == &report_text;
    if (!request->has_sort && request->view != REPORT_VIEW_FUNCTIONS)
        request->options.sort = REPORT_SORT_TOTAL;
    if (!request->has_limit && is_text)
        request->options.limit = TEXT_LIMIT;
    if (!request->has_least && is_text)
        request->options.least_share = TEXT_LEAST_PERCENT / 100;
}

static const struct command_options options = {":s:n:h", long_options, set_option};

static int check(const struct command *command, const struct report_request *request) {
    const bool is_page = request->view == REPORT_VIEW_PAGE,
               is_list = request->view == REPORT_VIEW_ADDRESSES;
    if (request->rivals[0] != NULL)
        return usage_error(command, "--%s and --%s exclude each other", request->rivals[0],
                           request->rivals[1]);
    if ((request->view == REPORT_VIEW_LEAKS && request->format->leaks == NULL) ||
        (request->view == REPORT_VIEW_SLOWEST && request->format->slowest == NULL))
        return usage_error(command, "--%s has stacks, which --%s cannot show: use --json",
                           request->view_option, request->format_option);
    if (request->view == REPORT_VIEW_SOURCE && request->format->source == NULL)
        return usage_error(command, "--source cannot be shown as --%s: use --json",
                           request->format_option);
    if (request->view == REPORT_VIEW_SOURCE && request->show_text != NULL)
        return usage_error(command, "--source says what to show: not with --show");
    if (request->source_paths.count != 0 && request->view != REPORT_VIEW_SOURCE)
        return usage_error(command, "--source-path goes with --source");
    if (request->has_percentiles && request->view != REPORT_VIEW_FUNCTIONS &&
        request->view != REPORT_VIEW_EDGES)
        return usage_error(command, "--percentiles goes with the table of functions or --edges");
    if (request->options.sort >= REPORT_SORT_P50 && !request->has_percentiles)
        return usage_error(command, "--sort by p50, p90, p99 or longest goes with --percentiles");
    if ((is_page || is_list) && request->format_option != NULL)
        return usage_error(command, "--%s excludes --%s", request->view_option,
                           request->format_option);
    if ((is_page || is_list) && (request->show_text != NULL || request->has_limit))
        return usage_error(command, "--%s shows all: not with --show or --limit",
                           request->view_option);
    if (request->has_least && request->view != REPORT_VIEW_TREE)
        return usage_error(command, "--least goes with --tree");
    return STATUS_GO_ON;
}

int report_request_read(const struct command *command, int argc, char **argv,
                        struct report_request *request) {
    request->format = &report_text;
    const int status = read_options(command, argc, argv, &options, request);
    if (status != STATUS_GO_ON)
        return status;
    set_defaults(request);
    return check(command, request);
}

void report_request_free(struct report_request *request) {
    if (request->analysis.focus != NULL)
        regfree(&request->focus);
    if (request->options.show != NULL)
        regfree(&request->show);
    source_paths_free(&request->source_paths);
}
