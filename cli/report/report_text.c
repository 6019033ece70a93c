/* SPDX-License-Identifier: MIT */
/*
 * What all tables for people share: see report_text.h. Everything that comes from a profile is
 * printed through text_print().
 */
#include "report_text.h"

#include "cli/print/text.h"
#include "reader/base/doubt.h"

void report_text_name(FILE *out, const struct analysis *analysis, uint32_t function) {
    if (function == PROFILE_NONE)
        fputs("(no caller recorded)", out);
    else
        text_print_name(out, analysis->functions[function].name);
}

void report_text_place(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_function *of = &analysis->functions[function];
    text_print_place(out, text_base_name(of->file), of->line);
}

int64_t report_text_count(const struct analysis *analysis, const struct analysis_sums *sums,
                          uint32_t row) {
    uint32_t type = analysis->count_type;
    return type == PROFILE_NONE ? 0 : analysis_self(sums, row, type);
}

const char *report_text_no_grade(const struct analysis *analysis) {
    return analysis_has_errors(analysis) ? "  " : "";
}

void report_text_durations_head(FILE *out) {
    fprintf(out, "%11s %11s %11s %11s", "p50", "p90", "p99", "longest");
}

void report_text_durations(FILE *out, const struct analysis_spread *spread) {
    const unsigned longest = REPORT_DURATIONS - 1;
    for (unsigned i = 0; i < REPORT_DURATIONS; i++) {
        const int64_t ns = report_duration(spread, i);
        const struct units_text text = units_ns_digits((double)ns, i == longest ? 4 : 2);
        fprintf(out, "%*s", i == 0 ? 11 : 12, ns == 0 ? "-" : text.text);
    }
}

struct report_text_value report_text_value(const struct analysis *analysis,
                                           const struct analysis_sums *sums, uint32_t row,
                                           bool is_total) {
    const uint32_t type = analysis->value_type;
    const char *unit = analysis->profile->value_types[type].unit;
    const double error = analysis_error(analysis, sums, row, is_total);
    const double calls = (double)report_text_count(analysis, sums, row);
    const double value = report_shown(analysis, sums, row, is_total);
    struct report_text_value text = {
        .amount = units_amount_within(value, unit, error),
        .share = units_share_within(value, (double)analysis->totals[type], error),
        .per_call = {"-"},
    };
    if (calls > 0)
        text.per_call = units_amount_within(value / calls, unit, error < 0 ? -1 : error / calls);
    if (analysis_has_errors(analysis))
        snprintf(text.grade, sizeof(text.grade), " %c", doubt_grade(value, error));
    return text;
}
