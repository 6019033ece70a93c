/* SPDX-License-Identifier: MIT */
/*
 * Reports for people: the flat table of functions. Called by the report command.
 */
#include "report_leaks.h"
#include "report_never_called.h"
#include "report_slowest.h"
#include "report_source.h"
#include "report_text.h"

#include "cli/print/units.h"

const struct report_format report_text = {
    .functions = report_text_functions,
    .edges = report_text_edges,
    .tree = report_text_tree,
    .leaks = report_leaks_text,
    .slowest = report_slowest_text,
    .source = report_source_text,
    .never_called = report_never_called_text,
};

static void print_durations(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    report_text_durations(out, &analysis->function_spreads[function]);
    fprintf(out, " %15s %11s  ", units_count(report_text_count(analysis, sums, function)).text,
            report_text_value(analysis, sums, function, true).per_call.text);
}

static void print_times(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    const struct report_text_value self = report_text_value(analysis, sums, function, false);
    const struct report_text_value total = report_text_value(analysis, sums, function, true);
    fprintf(out, "%11s%s %6s %11s%s %6s %15s %11s  ", self.amount.text, self.grade, self.share.text,
            total.amount.text, total.grade, total.share.text,
            units_count(report_text_count(analysis, sums, function)).text, total.per_call.text);
}

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    if (analysis->function_spreads != NULL)
        print_durations(out, analysis, function);
    else
        print_times(out, analysis, function);
    report_text_name(out, analysis, function);
    report_text_place(out, analysis, function);
    putc('\n', out);
}

static void print_heading(FILE *out, const struct analysis *analysis) {
    const char *space = report_text_no_grade(analysis);
    if (analysis->function_spreads != NULL)
        report_text_durations_head(out);
    else
        fprintf(out, "%11s%s %6s %11s%s %6s", "self", space, "share", "total", space, "share");
    fprintf(out, " %15s %11s  function\n", report_count_name(analysis), "per call");
}

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis, options);
    print_heading(out, analysis);
    for (uint32_t i = 0; i < rows.count; i++)
        print_function(out, analysis, rows.rows[i]);
    report_text_foot(out, analysis, rows.left_out, "more function", "--limit 0 shows all");
    report_rows_free(&rows);
    return 0;
}
