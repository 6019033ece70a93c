/* SPDX-License-Identifier: MIT */
/* Verdicts for reading (see check_print.h). */
#include <inttypes.h>

#include "check_print.h"
#include "cli/print/text.h"
#include "cli/print/units.h"

/* Findings printed for one rule on each function; --json has all of them. */
enum { MOST_FINDINGS = 20 };

static void print_line(FILE *out, const char *label, const char *text) {
    fprintf(out, "    %-9s ", label);
    text_print(out, text);
    putc('\n', out);
}

static void print_where(FILE *out, const struct check_finding *finding) {
    struct check_place place;
    check_find_place(finding, &place);
    fprintf(out, "    %-9s ", "where");
    text_print(out, finding->profile->analysis->functions[finding->function].name);
    if (place.is_source) {
        fputs("  ", out);
        text_print(out, place.file);
        fprintf(out, ":%" PRId64, place.line);
    }
    putc('\n', out);
}

static void print_callers(FILE *out, const struct check_finding *finding) {
    for (uint32_t i = 0; i < finding->caller_count; i++) {
        const struct check_share *share = &finding->callers[i];
        fprintf(out, i == 0 ? "    %-9s " : ", ", "callers");
        text_print(out, finding->profile->analysis->functions[share->function].name);
        fprintf(out, " %s", units_count(share->value).text);
    }
    if (finding->caller_count != 0)
        putc('\n', out);
}

static void print_numbers(FILE *out, const struct check_finding *finding) {
    print_line(out, "expected", finding->expected);
    fprintf(out, "    %-9s %s", "found", units_count(finding->least).text);
    if (finding->most != finding->least)
        fprintf(out, " to %s", units_count(finding->most).text);
    putc('\n', out);
}

static void print_finding(FILE *out, const struct check_input *input,
                          const struct check_finding *finding) {
    text_print(out, finding->rule->file);
    fprintf(out, ":%u: %s: ", finding->rule->line, check_verdict_name(finding->verdict));
    text_print(out, finding->rule->text);
    putc('\n', out);
    if (finding->has_numbers && finding->verdict != CHECK_HELD)
        print_numbers(out, finding);
    if (finding->function != PROFILE_NONE && finding->verdict != CHECK_HELD)
        print_where(out, finding);
    if (finding->verdict != CHECK_HELD)
        print_callers(out, finding);
    if (finding->why[0] != '\0')
        print_line(out, finding->verdict == CHECK_UNDECIDED ? "because" : "note", finding->why);
    if (finding->profile != NULL && input->profile_count > 1)
        print_line(out, "profile", finding->profile->name);
}

static bool is_worth_a_line(const struct check_finding *finding) {
    return finding->verdict != CHECK_HELD || finding->why[0] != '\0';
}

int check_print_text(FILE *out, const struct check_input *input,
                     const struct check_findings *findings, struct error *error) {
    const struct check_sums sums = check_sum_up(input, findings);
    uint32_t of_rule = 0;
    (void)error;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct check_finding *finding = &findings->list[i];
        const bool is_last = i + 1 == findings->count || finding[1].rule != finding->rule;
        if (is_worth_a_line(finding) && of_rule++ < MOST_FINDINGS)
            print_finding(out, input, finding);
        if (!is_last)
            continue;
        if (of_rule > MOST_FINDINGS)
            fprintf(out, "    and %u more of this rule; --json has them\n",
                    of_rule - MOST_FINDINGS);
        of_rule = 0;
    }
    fprintf(out, "%u %s: %u held, %u broken, %u undecided\n", sums.rules,
            sums.rules == 1 ? "rule" : "rules", sums.held, sums.broken, sums.undecided);
    return 0;
}
