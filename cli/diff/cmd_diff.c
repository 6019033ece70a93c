/* SPDX-License-Identifier: MIT */
/*
 * `cinstr diff`: compares two builds or runs of a program: what changed between them, and why.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/colour.h"
#include "cli/print/page.h"
#include "cli/source/source.h"
#include "diff_print.h"

enum { TEXT_LIMIT = 20 };

typedef int diff_printer(FILE *out, const struct diff *diff, const struct diff_page *page,
                         struct error *error);

struct request {
    struct diff_options options;
    struct build_options build;
    struct diff_page page;
    diff_printer *print;
    const char *directory;
    const char *html;             /* the page's file; NULL none */
    char **sources[2];            /* the runs of each side, source_count of them */
    struct names_rename *renames; /* options.renames.list */
    uint32_t source_count[2];
    bool has_limit;
};

/* --- the difference --------------------------------------------------------------------------- */

struct addition {
    struct diff *diff;
    enum diff_side side;
};

static int add(const void *context, struct profile *profile, struct error *error) {
    const struct addition *addition = context;
    return diff_add(addition->diff, addition->side, profile, error);
}

static int add_sources(const struct request *request, struct diff *diff, struct error *error) {
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        const struct addition addition = {diff, (enum diff_side)side};
        for (uint32_t i = 0; i < request->source_count[side]; i++) {
            if (source_use(request->sources[side][i], request->directory, &request->build, add,
                           &addition, error) != 0)
                return -1;
        }
    }
    return diff_finish(diff, error);
}

struct document {
    const struct diff *diff;
    const struct diff_page *page;
};

static int print_data(FILE *out, const void *what, struct error *error) {
    const struct document *document = what;
    return diff_print_data(out, document->diff, document->page, error);
}

static int print(const struct request *request, const struct diff *diff, struct error *error) {
    const struct document document = {diff, &request->page};
    return request->html != NULL
               ? page_write(PAGE_DIFF, request->html, print_data, &document, error)
               : request->print(stdout, diff, &request->page, error);
}

static int diff_all(const struct request *request) {
    struct error error;
    struct diff *diff = diff_new(&request->options, &error);
    const bool good = diff != NULL && add_sources(request, diff, &error) == 0 &&
                      print(request, diff, &error) == 0;
    diff_free(diff);
    return good ? STATUS_FINE : fail(&error);
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Says what changed from OLD to NEW, two builds or runs of a program: for each\n"
    "function and each call edge how often it was called, exactly, and its time with\n"
    "the 95 % interval; and why: more calls or fewer, dearer or cheaper ones, callers\n"
    "and callees that are new or gone. The parts add up to the change.\n"
    "\n"
    "OLD and NEW are each a SOURCE:\n" SOURCE_HELP "\n"
    "Functions are matched by name, and by file where several have one name.\n"
    "\n"
    "What to compare:\n"
    "      --old SOURCE      one more run of OLD; the runs of a side are averaged\n"
    "      --new SOURCE      one more run of NEW\n"
    "      --value NAME      which of the profiles' values: wall (default), cpu,\n"
    "                        calls, instructions, alloc_space, delay, ...\n"
    "      --kind KIND       of processes, segments: exact (default), heap, allocs,\n"
    "                        block, mutex, cpu, wall\n"
    "      --rename OLD=NEW  a function or file (its path, or the end of it) that has\n"
    "                        another name in NEW; may be given again\n" HELP_DIRECTORY "\n"
    "How to show it:\n"
    "  (nothing)             causes, then functions, then what has no counterpart\n"
    "      --edges           call edges\n"
    "      --causes          causes alone\n"
    "  -n, --limit N         at most N rows of each, 0 all (default 20 in text, else\n"
    "                        all)\n"
    "      --json            machine-readable: everything in one object\n"
    "      --csv             machine-readable: functions, --edges or --causes\n"
    "      --html FILE       a page for a browser: differential flame graph, causes,\n"
    "                        functions, edges; it needs nothing else\n"
    "  -h, --help            show this help\n"
    "\n"
    "Text is coloured on a terminal, unless NO_COLOR is set: red has become more,\n"
    "green less, beyond its interval.\n"
    "Exit status: 0 fine, changed or not; 1 failed; 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr diff before.pb.gz after.pb.gz\n"
    "  cinstr diff --old a1.pb.gz --old a2.pb.gz --new b1.pb.gz --new b2.pb.gz\n"
    "  cinstr diff --edges --value calls before.pb.gz after.pb.gz\n"
    "  cinstr diff --rename lookup=find --rename lvm.c=vm.c before.pb.gz after.pb.gz\n"
    "  cinstr diff --value alloc_space before.heap.pb.gz after.heap.pb.gz\n"
    "  cinstr diff --html diff.html before.pb.gz after.pb.gz\n"
    "  cinstr diff --json before.pb.gz 4711 | jq '.causes[:3]'\n";

enum {
    OPTION_OLD = 256,
    OPTION_NEW,
    OPTION_VALUE,
    OPTION_KIND,
    OPTION_RENAME,
    OPTION_DIRECTORY,
    OPTION_EDGES,
    OPTION_CAUSES,
    OPTION_JSON,
    OPTION_CSV,
    OPTION_HTML,
};

static const struct option long_options[] = {
    {"old", required_argument, NULL, OPTION_OLD},
    {"new", required_argument, NULL, OPTION_NEW},
    {"value", required_argument, NULL, OPTION_VALUE},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"rename", required_argument, NULL, OPTION_RENAME},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"edges", no_argument, NULL, OPTION_EDGES},
    {"causes", no_argument, NULL, OPTION_CAUSES},
    {"limit", required_argument, NULL, 'n'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"csv", no_argument, NULL, OPTION_CSV},
    {"html", required_argument, NULL, OPTION_HTML},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void add_name(struct request *request, enum diff_side side, char *name) {
    request->sources[side][request->source_count[side]++] = name;
}

/* Splits the argument at its '='. */
static int set_rename(const struct command *command, struct request *request, char *text) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0')
        return usage_error(command, "--rename takes OLD=NEW, not '%s'", text);
    *equals = '\0';
    request->renames[request->options.renames.count++] =
        (struct names_rename){.from = text, .to = equals + 1};
    return STATUS_FINE;
}

static int set_kind(const struct command *command, struct request *request, const char *text) {
    static const char *const kinds[] = {"exact", "heap", "allocs", "block", "mutex", "cpu", "wall"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(text, kinds[i]) == 0) {
            request->build.kind = text;
            return STATUS_FINE;
        }
    }
    return usage_error(
        command, "unknown kind '%s'; use exact, heap, allocs, block, mutex, cpu or wall", text);
}

static int set_limit(const struct command *command, struct request *request) {
    uint64_t limit;
    if (!parse_number(optarg, 0, UINT32_MAX, &limit))
        return usage_error(command, "--limit takes a number of rows, not '%s'", optarg);
    request->page.limit = (uint32_t)limit;
    request->has_limit = true;
    return STATUS_FINE;
}

/* Twice the same is fine. */
static int set_view(const struct command *command, struct request *request, enum diff_view view) {
    if (request->page.view != DIFF_VIEW_ALL && request->page.view != view)
        return usage_error(command, "--edges and --causes exclude each other");
    request->page.view = view;
    return STATUS_FINE;
}

static int set_print(const struct command *command, struct request *request, diff_printer *wanted) {
    if (request->print != diff_print_text && request->print != wanted)
        return usage_error(command, "--json and --csv exclude each other");
    request->print = wanted;
    return STATUS_FINE;
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case OPTION_OLD:
        add_name(request, DIFF_OLD, optarg);
        return STATUS_FINE;
    case OPTION_NEW:
        add_name(request, DIFF_NEW, optarg);
        return STATUS_FINE;
    case OPTION_VALUE:
        request->options.value = optarg;
        return STATUS_FINE;
    case OPTION_KIND:
        return set_kind(command, request, optarg);
    case OPTION_RENAME:
        return set_rename(command, request, optarg);
    case OPTION_DIRECTORY:
        request->directory = optarg;
        return STATUS_FINE;
    case OPTION_EDGES:
        return set_view(command, request, DIFF_VIEW_EDGES);
    case OPTION_CAUSES:
        return set_view(command, request, DIFF_VIEW_CAUSES);
    case OPTION_JSON:
        return set_print(command, request, diff_print_json);
    case OPTION_CSV:
        return set_print(command, request, diff_print_csv);
    case OPTION_HTML:
        request->html = optarg;
        return STATUS_FINE;
    default:
        return set_limit(command, request);
    }
}

/* Takes two operands, or none where --old and --new name the profiles. */
static int take_operands(const struct command *command, struct request *request, int count,
                         char **operands) {
    if (count == 2) {
        add_name(request, DIFF_OLD, operands[0]);
        add_name(request, DIFF_NEW, operands[1]);
    } else if (count != 0) {
        return usage_error(command, "OLD and NEW are needed; more runs of them go by --old, --new");
    }
    if (request->source_count[DIFF_OLD] == 0 || request->source_count[DIFF_NEW] == 0)
        return usage_error(command, "OLD and NEW are needed");
    if (request->html != NULL && request->print != diff_print_text)
        return usage_error(command, "--html excludes --json and --csv");
    return STATUS_GO_ON;
}

static const struct command_options options = {":n:h", long_options, set_option};

static int run_request(const struct command *command, struct request *request, int argc,
                       char **argv) {
    int status = read_options(command, argc, argv, &options, request);
    if (status == STATUS_GO_ON)
        status = take_operands(command, request, argc - optind, argv + optind);
    if (status != STATUS_GO_ON)
        return status;
    if (!request->has_limit && request->print == diff_print_text && request->html == NULL)
        request->page.limit = TEXT_LIMIT;
    request->page.is_coloured = colour_is_wanted(stdout);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        request->page.sources[side] = request->sources[side];
    return diff_all(request);
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.print = diff_print_text};
    const size_t most = (size_t)argc; /* upper bound of what the arguments can name */
    request.sources[DIFF_OLD] = calloc(most, sizeof(char *));
    request.sources[DIFF_NEW] = calloc(most, sizeof(char *));
    request.renames = calloc(most, sizeof(*request.renames));
    request.options.renames.list = request.renames;
    int status = STATUS_FAILED;
    if (request.sources[DIFF_OLD] != NULL && request.sources[DIFF_NEW] != NULL &&
        request.renames != NULL)
        status = run_request(command, &request, argc, argv);
    else
        note("not enough memory");
    free(request.sources[DIFF_OLD]);
    free(request.sources[DIFF_NEW]);
    free(request.renames);
    return status;
}

const struct command command_diff = {
    .name = "diff",
    .arguments = "[OPTION]... OLD NEW",
    .summary = "show what changed between two builds or runs, and why",
    .help = help,
    .run = run,
};
