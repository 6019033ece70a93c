/* SPDX-License-Identifier: MIT */
/*
 * `cinstr check`: holds exact profiles to rules on their counts. Counts, unlike times, do not vary;
 * so a broken rule means that the program changed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_draft.h"
#include "check_print.h"
#include "cli/base/command.h"
#include "cli/print/output_file.h"
#include "cli/print/text.h"
#include "cli/source/source.h"

/* Exit statuses of this command alone: see its help. */
enum { STATUS_HELD = 0, STATUS_BROKEN = 1, STATUS_UNDECIDED = 2 };

struct request {
    struct rules rules;
    bool has_rules, is_wrong; /* a rule was found that cannot be read */
    const char *against, *directory, *junit, *sarif;
    bool json, github, write_rules;
};

/* --- profiles --------------------------------------------------------------------------------- */

static int read_profile(struct check_profile *profile, const char *name, const char *directory,
                        struct error *error) {
    struct source source;
    if (source_open(&source, name, directory, error) != 0)
        return -1;
    profile->name = name;
    profile->profile = source_profile(&source, &(struct build_options){0}, error);
    source_close(&source);
    if (profile->profile == NULL)
        return -1;
    profile->analysis = analysis_new(profile->profile, &(struct analysis_options){0}, error);
    if (profile->analysis == NULL || analysis_add_edges(profile->analysis, error) != 0)
        return error_prefix(error, "%s", name);
    return 0;
}

static void free_profiles(struct check_profile *profiles, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        analysis_free(profiles[i].analysis);
        profile_free(profiles[i].profile);
    }
    free(profiles);
}

/* Reads `count` profiles, followed by the base if there is one. NULL with `error` filled. */
static struct check_profile *read_profiles(const struct request *request, uint32_t count,
                                           char **names, struct error *error) {
    struct check_profile *profiles = calloc((size_t)count + 1, sizeof(*profiles));
    if (profiles == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    for (uint32_t i = 0; i <= count; i++) {
        const char *name = i < count ? names[i] : request->against;
        if (name != NULL && read_profile(&profiles[i], name, request->directory, error) != 0) {
            free_profiles(profiles, count + 1);
            return NULL;
        }
    }
    return profiles;
}

/* --- what is printed -------------------------------------------------------------------------- */

struct document {
    check_printer *print;
    const struct check_input *input;
    const struct check_findings *findings;
};

static int print_document(FILE *out, const void *what, struct error *error) {
    const struct document *document = what;
    return document->print(out, document->input, document->findings, error);
}

static int write_file(const char *path, struct document document, check_printer *print,
                      struct error *error) {
    document.print = print;
    return path == NULL ? 0 : output_file_print(path, print_document, &document, error);
}

static int print_all(const struct request *request, const struct check_input *input,
                     const struct check_findings *findings, struct error *error) {
    const struct document document = {NULL, input, findings};
    check_printer *print = request->json ? check_print_json : check_print_text;
    if (write_file(request->junit, document, check_print_junit, error) != 0 ||
        write_file(request->sarif, document, check_print_sarif, error) != 0 ||
        print(stdout, input, findings, error) != 0)
        return -1;
    return request->github ? check_print_github(stdout, input, findings, error) : 0;
}

/* --- the check -------------------------------------------------------------------------------- */

static int judge(const struct request *request, const struct check_profile *profiles,
                 uint32_t count, struct error *error) {
    const struct check_input input = {&request->rules, profiles, count,
                                      request->against == NULL ? NULL : &profiles[count]};
    struct check_findings findings = {0};
    int status = -1;
    if (check_judge(&input, &findings, error) == 0 &&
        print_all(request, &input, &findings, error) == 0) {
        const struct check_sums sums = check_sum_up(&input, &findings);
        status = sums.broken != 0      ? STATUS_BROKEN
                 : sums.undecided != 0 ? STATUS_UNDECIDED
                                       : STATUS_HELD;
    }
    check_findings_free(&findings);
    return status;
}

static int check(const struct request *request, uint32_t count, char **names) {
    struct error error = {""};
    int status = -1;
    struct check_profile *profiles = read_profiles(request, count, names, &error);
    if (profiles != NULL) {
        if (!request->write_rules)
            status = judge(request, profiles, count, &error);
        else if (check_draft(stdout, profiles, count, &error) == 0)
            status = STATUS_HELD;
        free_profiles(profiles, count + 1);
    }
    if (status >= 0)
        return status;
    fail(&error);
    return STATUS_UNDECIDED;
}

/* --- options ---------------------------------------------------------------------------------- */

static void complain(const char *file, uint32_t line, uint32_t column, const char *message) {
    fflush(stdout);
    fputs("cinstr: ", stderr);
    text_print(stderr, file);
    fprintf(stderr, ":%u:%u: ", line, column);
    text_print(stderr, message);
    putc('\n', stderr);
}

static int add_file(struct request *request) {
    struct error error;
    const int wrong = rules_add_file(&request->rules, optarg, complain, &error);
    request->has_rules = true;
    if (wrong < 0) {
        fail(&error);
        return STATUS_UNDECIDED;
    }
    request->is_wrong = request->is_wrong || wrong > 0;
    return STATUS_FINE;
}

static int add_text(struct request *request, const char *file, const char *text) {
    struct error error;
    const int wrong = rules_add_text(&request->rules, file, text, strlen(text), complain, &error);
    request->has_rules = true;
    if (wrong == 0)
        return STATUS_FINE;
    if (wrong < 0)
        fail(&error);
    return STATUS_UNDECIDED;
}

/* 'PATTERN=N' stands for the rule `at most N calls of PATTERN`. */
static int add_max_calls(const struct command *command, struct request *request) {
    const char *equals = strrchr(optarg, '=');
    char *text = NULL;
    if (equals == NULL || strpbrk(optarg, "\n") != NULL)
        return usage_error(command, "--max-calls takes 'PATTERN=N', not '%s'", optarg);
    if (asprintf(&text, "at most %s calls of %.*s", equals + 1, (int)(equals - optarg), optarg) < 0)
        return fail(&(struct error){"out of memory"});
    const int status = add_text(request, "--max-calls", text);
    free(text);
    return status;
}

static const char help[] =
    "Holds exact profiles to rules on their counts: how often a function is called,\n"
    "from where, below what, and how much more than in another profile.\n"
    "\n" SOURCE_HELP "Of several, each is held to the rules on values that it has.\n"
    "\n"
    "Rules, one a line in FILE:\n"
    "  at most 3 calls of read_config\n"
    "  exactly 1 call of main > init            # init, called by main itself\n"
    "  at least 1 call of flush below shutdown  # anywhere below\n"
    "  parse never calls malloc|calloc|realloc\n"
    "  at most 2.5 calls of lookup per call of handle_request\n"
    "  at most 1,000,000 instructions in main   # with all that it calls\n"
    "  at most 12 allocations in parse per call of parse\n"
    "  at most 5 % more calls than base         # of each function\n"
    "  exempt hash_* because the seed is random\n"
    "docs/check.md has all of them.\n"
    "\n"
    "Options:\n"
    "      --rules FILE      rules; may be given several times, - is standard input\n"
    "      --max-calls PATTERN=N  at most N calls of PATTERN\n"
    "      --against BASE    a profile that rules on `base` mean; without any rule,\n"
    "                        no function may have more calls than there\n"
    "      --write-rules     draft rules from the profiles instead; what differs\n"
    "                        between them is exempt\n"
    "      --json            machine-readable, with all findings\n"
    "      --junit FILE      write a JUnit report as well\n"
    "      --sarif FILE      write SARIF 2.1.0 as well\n"
    "      --github          print annotations for GitHub's workflows as well\n" HELP_DIRECTORY
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 all rules are held, 1 a rule is broken, 2 one is undecided (no such\n"
    "function or value, or a context that the profile lost), a file cannot be read, a\n"
    "rule is wrong, or wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr check --write-rules run1.pb.gz run2.pb.gz >calls.rules\n"
    "  cinstr check --rules calls.rules run.pb.gz run.heap.pb.gz\n"
    "  cinstr check --against main.pb.gz branch.pb.gz\n"
    "  cinstr check --max-calls 'parse > malloc=0' --github run.pb.gz\n";

enum {
    OPTION_RULES = 256,
    OPTION_MAX_CALLS,
    OPTION_AGAINST,
    OPTION_WRITE_RULES,
    OPTION_JSON,
    OPTION_JUNIT,
    OPTION_SARIF,
    OPTION_GITHUB,
    OPTION_DIRECTORY,
};

static const struct option long_options[] = {
    {"rules", required_argument, NULL, OPTION_RULES},
    {"max-calls", required_argument, NULL, OPTION_MAX_CALLS},
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"write-rules", no_argument, NULL, OPTION_WRITE_RULES},
    {"json", no_argument, NULL, OPTION_JSON},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {"sarif", required_argument, NULL, OPTION_SARIF},
    {"github", no_argument, NULL, OPTION_GITHUB},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case OPTION_RULES:
        return add_file(request);
    case OPTION_MAX_CALLS:
        return add_max_calls(command, request);
    case OPTION_AGAINST:
        request->against = optarg;
        return STATUS_FINE;
    case OPTION_WRITE_RULES:
        request->write_rules = true;
        return STATUS_FINE;
    case OPTION_JSON:
        request->json = true;
        return STATUS_FINE;
    case OPTION_JUNIT:
        request->junit = optarg;
        return STATUS_FINE;
    case OPTION_SARIF:
        request->sarif = optarg;
        return STATUS_FINE;
    case OPTION_GITHUB:
        request->github = true;
        return STATUS_FINE;
    default:
        request->directory = optarg;
        return STATUS_FINE;
    }
}

static const struct command_options options = {":h", long_options, set_option};

static bool has_rule(const struct rules *rules) {
    for (uint32_t i = 0; i < rules->count; i++) {
        if (rules->list[i].kind != RULE_EXEMPT)
            return true;
    }
    return false;
}

/* Refuses options that contradict each other. STATUS_GO_ON when none do. */
static int look_over(const struct command *command, struct request *request) {
    if (request->is_wrong)
        return STATUS_UNDECIDED;
    if (request->write_rules)
        return request->has_rules || request->against != NULL
                   ? usage_error(command, "--write-rules takes no rules and no base")
                   : STATUS_GO_ON;
    if (!has_rule(&request->rules) && request->against != NULL &&
        add_text(request, "--against", "at most 0 % more calls than base") != STATUS_FINE)
        return STATUS_UNDECIDED;
    if (!has_rule(&request->rules))
        return usage_error(command, request->has_rules ? "there is no rule in what --rules gave"
                                                       : "give --rules, --max-calls or --against");
    if (rules_need_base(&request->rules) && request->against == NULL)
        return usage_error(command, "a rule is on `base`: give it as --against BASE");
    if (request->json && request->github)
        return usage_error(command, "--json and --github both print on standard output");
    return STATUS_GO_ON;
}

static int run_request(const struct command *command, struct request *request, int argc,
                       char **argv) {
    int status = read_options(command, argc, argv, &options, request);
    if (status == STATUS_GO_ON && argc == optind)
        status = usage_error(command, "give a profile");
    if (status == STATUS_GO_ON)
        status = look_over(command, request);
    if (status != STATUS_GO_ON)
        return status;
    return check(request, (uint32_t)(argc - optind), argv + optind);
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    const int status = run_request(command, &request, argc, argv);
    rules_free(&request.rules);
    return status;
}

const struct command command_check = {
    .name = "check",
    .arguments = "[OPTION]... PROFILE...",
    .summary = "hold exact counts to rules, as a gate in CI",
    .help = help,
    .run = run,
};
