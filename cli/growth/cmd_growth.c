/* SPDX-License-Identifier: MIT */
/*
 * `cinstr growth`: runs a program with inputs of several sizes, and says how each function's counts
 * grow. Counts are exact, so a few small sizes are enough.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/output_file.h"
#include "cli/print/page.h"
#include "growth_rows.h"
#include "growth_run.h"

/* Exit statuses of this command alone: see its help. */
enum { STATUS_HELD = 0, STATUS_BROKEN = 1, STATUS_UNDECIDED = 2 };

enum { GATES_MAX = 64, DEFAULT_LIMIT = 30 };

struct request {
    struct growth growth;
    char *sizes; /* our copy of the list; NULL: none given */
    char *texts[GROWTH_SIZES_MAX];
    struct growth_gate gates[GATES_MAX];
    struct growth_page page;
    const char *svg, *html; /* files to write as well; NULL none */
    growth_printer *print;
};

/* --- the work --------------------------------------------------------------------------------- */

struct document {
    const struct growth *growth;
    const struct growth_page *page;
};

static int print_svg(FILE *out, const void *what, struct error *error) {
    const struct document *document = what;
    return growth_print_svg(out, document->growth, document->page, error);
}

/* Checked before the runs, which may take long. */
static int expect_page(const struct request *request, struct error *error) {
    struct page_template template;
    return request->html == NULL ? 0 : page_template_find(&template, PAGE_GROWTH, error);
}

static int print_json(FILE *out, const void *what, struct error *error) {
    const struct document *document = what;
    return growth_print_json(out, document->growth, document->page, error);
}

static int print_all(const struct request *request, struct error *error) {
    const struct document document = {&request->growth, &request->page};
    if (request->svg != NULL && output_file_print(request->svg, print_svg, &document, error) != 0)
        return -1;
    if (request->html != NULL &&
        page_write(PAGE_GROWTH, request->html, print_json, &document, error) != 0)
        return -1;
    return request->print(stdout, &request->growth, &request->page, error);
}

static int judge(struct request *request) {
    int status = STATUS_HELD;
    for (uint32_t i = 0; i < request->page.gate_count; i++) {
        struct growth_gate *gate = &request->gates[i];
        growth_gate_judge(gate, &request->growth);
        if (gate->verdict == GROWTH_BROKEN)
            status = STATUS_BROKEN;
        else if (gate->verdict == GROWTH_UNDECIDED && status == STATUS_HELD)
            status = STATUS_UNDECIDED;
    }
    return status;
}

/* "./sort {}", for titles. NULL when out of memory. */
static char *join(char **argv) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (char **at = argv; *at != NULL; at++)
        fprintf(out, "%s%s", at == argv ? "" : " ", *at);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static int measure(struct request *request, char **argv) {
    struct error error = {""};
    char *command = join(argv);
    int status = -1;
    request->growth.command = command;
    if (command == NULL)
        error_set(&error, "out of memory");
    else if (expect_page(request, &error) == 0 &&
             growth_run(&request->growth, request->texts, argv, &error) == 0 &&
             growth_fill(&request->growth, &error) == 0) {
        status = judge(request);
        if (print_all(request, &error) != 0)
            status = -1;
    }
    free(command);
    if (status >= 0)
        return status;
    fail(&error);
    return STATUS_UNDECIDED;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Runs a program once for each size of its input, and says of each function how\n"
    "calls, instructions and its own time grow with the size: as size^exponent, with\n"
    "a 95 % interval, the worst first; times, which are not exact, come last.\n"
    "\n"
    "{} in the program's arguments becomes the size. Its standard input is empty,\n"
    "its standard output goes nowhere; what it says on standard error is shown. It\n"
    "has to be instrumented (see `cinstr cc --help`) and to end with status 0.\n"
    "\n"
    "Counts are exact and have no noise: the interval says how far they are from a\n"
    "pure power of the size, and is wide for few sizes. Columns: the exponent of\n"
    "all sizes, its interval, that of the last two sizes alone, the usual shape\n"
    "within 2 % of each point (else n^a), and the mean deviation from the power.\n"
    "\n"
    "Options:\n"
    "      --sizes LIST      1000,2000,4000,8000: at least two, at most 32, rising\n"
    "      --edges           show calls by caller and callee\n"
    "      --value NAME      this value of the profile alone\n"
    "      --max-exponent PATTERN=A  status 1 if calls or instructions of functions,\n"
    "                        or of edges 'F > G', that match grow faster; may be\n"
    "                        given several times\n"
    "  -n, --limit N         at most N rows of text (default 30, 0 all)\n"
    "      --json            machine-readable, with functions and edges\n"
    "      --csv             the same as CSV\n"
    "      --svg FILE        write a plot as well, a panel a row\n"
    "      --html FILE       write a page as well, of tables and plots; it needs\n"
    "                        nothing but a browser\n"
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 fine, 1 something grows faster than --max-exponent allows, 2 that\n"
    "is undecided (the interval contains the limit, no function has the name), a run\n"
    "failed, or wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr growth --sizes 1000,2000,4000,8000 -- ./program {}\n"
    "  cinstr growth --sizes 100,200,400 --svg growth.svg -- sh -c './parse <in.{}'\n"
    "  cinstr growth --sizes 1000,2000,4000,8000 --max-exponent '*=1.2' -- ./sort {}\n";

enum {
    OPTION_SIZES = 256,
    OPTION_EDGES,
    OPTION_VALUE,
    OPTION_MAX_EXPONENT,
    OPTION_JSON,
    OPTION_CSV,
    OPTION_SVG,
    OPTION_HTML,
};

static const struct option long_options[] = {
    {"sizes", required_argument, NULL, OPTION_SIZES},
    {"edges", no_argument, NULL, OPTION_EDGES},
    {"value", required_argument, NULL, OPTION_VALUE},
    {"max-exponent", required_argument, NULL, OPTION_MAX_EXPONENT},
    {"limit", required_argument, NULL, 'n'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"csv", no_argument, NULL, OPTION_CSV},
    {"svg", required_argument, NULL, OPTION_SVG},
    {"html", required_argument, NULL, OPTION_HTML},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_sizes(const struct command *command, struct request *request) {
    struct growth *growth = &request->growth;
    char *rest = NULL;
    free(request->sizes);
    request->sizes = strdup(optarg);
    growth->size_count = 0;
    if (request->sizes == NULL)
        return fail(&(struct error){"out of memory"});
    for (char *at = strtok_r(request->sizes, ",", &rest); at != NULL;
         at = strtok_r(NULL, ",", &rest)) {
        const uint32_t count = growth->size_count;
        uint64_t size;
        if (count == GROWTH_SIZES_MAX)
            return usage_error(command, "--sizes takes at most %d sizes", GROWTH_SIZES_MAX);
        if (!parse_number(at, 1, UINT64_C(1) << 52, &size) ||
            (count > 0 && (double)size <= growth->sizes[count - 1]))
            return usage_error(command, "--sizes takes rising numbers, as 1000,2000,4000, not '%s'",
                               optarg);
        request->texts[count] = at;
        growth->sizes[growth->size_count++] = (double)size;
    }
    return growth->size_count >= 2 ? STATUS_FINE
                                   : usage_error(command, "--sizes needs at least two sizes");
}

static int add_gate(const struct command *command, struct request *request) {
    struct error error;
    if (request->page.gate_count == GATES_MAX)
        return usage_error(command, "there are at most %d --max-exponent", GATES_MAX);
    struct growth_gate *gate = &request->gates[request->page.gate_count++];
    if (growth_gate_parse(gate, optarg, &error) != 0)
        return usage_error(command, "--max-exponent: %s", error.message);
    return STATUS_FINE;
}

static int set_limit(const struct command *command, struct request *request) {
    uint64_t limit;
    if (!parse_number(optarg, 0, UINT32_MAX, &limit))
        return usage_error(command, "--limit takes a number of rows, not '%s'", optarg);
    request->page.limit = (uint32_t)limit;
    return STATUS_FINE;
}

/* Twice the same is fine. */
static int set_print(const struct command *command, struct request *request,
                     growth_printer *print) {
    if (request->print != growth_print_text && request->print != print)
        return usage_error(command, "--json and --csv exclude each other");
    request->print = print;
    return STATUS_FINE;
}

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case OPTION_SIZES:
        return set_sizes(command, request);
    case OPTION_EDGES:
        request->page.edges = true;
        return STATUS_FINE;
    case OPTION_VALUE:
        request->growth.value = optarg;
        return STATUS_FINE;
    case OPTION_MAX_EXPONENT:
        return add_gate(command, request);
    case OPTION_JSON:
        return set_print(command, request, growth_print_json);
    case OPTION_CSV:
        return set_print(command, request, growth_print_csv);
    case OPTION_SVG:
        request->svg = optarg;
        return STATUS_FINE;
    case OPTION_HTML:
        request->html = optarg;
        return STATUS_FINE;
    default:
        return set_limit(command, request);
    }
}

static const struct command_options options = {"+:n:h", long_options, set_option};

static bool has_place(char **argv) {
    for (char **at = argv; *at != NULL; at++) {
        if (strstr(*at, "{}") != NULL)
            return true;
    }
    return false;
}

static int run_request(const struct command *command, struct request *request, int argc,
                       char **argv) {
    const int status = read_options(command, argc, argv, &options, request);
    if (status != STATUS_GO_ON)
        return status;
    if (request->sizes == NULL)
        return usage_error(command, "give --sizes");
    if (argc == optind)
        return usage_error(command, "give a program to run");
    if (!has_place(argv + optind))
        return usage_error(command, "no argument of the program has {}, for the size");
    return measure(request, argv + optind);
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.print = growth_print_text, .page.limit = DEFAULT_LIMIT};
    request.page.gates = request.gates;
    const int status = run_request(command, &request, argc, argv);
    for (uint32_t i = 0; i < request.page.gate_count; i++)
        growth_gate_free(&request.gates[i]);
    growth_free(&request.growth);
    free(request.sizes);
    return status;
}

const struct command command_growth = {
    .name = "growth",
    .arguments = "--sizes LIST [OPTION]... [--] PROGRAM [ARGUMENT]...",
    .summary = "show how counts grow with the size of the input",
    .help = help,
    .run = run,
};
