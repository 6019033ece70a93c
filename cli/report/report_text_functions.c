/* SPDX-License-Identifier: MIT */
/*
 * Reports for people: the flat table of functions. Called by the report command.
 */
#include "report_leaks.h"
#include "report_never_called.h"
#include "report_text.h"

#include "cli/print/units.h"

const struct report_format report_text = {
    .functions = report_text_functions,
    .edges = report_text_edges,
    .tree = report_text_tree,
    .leaks = report_leaks_text,
    .never_called = report_never_called_text,
};

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    const struct report_text_value self = report_text_value(analysis, sums, function, false);
    const struct report_text_value total = report_text_value(analysis, sums, function, true);
    fprintf(out, "%11s%s %6s %11s%s %6s %15s %11s  ", self.amount.text, self.grade, self.share.text,
            total.amount.text, total.grade, total.share.text,
            units_count(report_text_count(analysis, sums, function)).text, total.per_call.text);
    report_text_name(out, analysis, function);
    report_text_place(out, analysis, function);
    putc('\n', out);
}

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error) {
    struct report_rows rows;
    const char *space = report_text_no_grade(analysis);
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis, options);
    fprintf(out, "%11s%s %6s %11s%s %6s %15s %11s  %s\n", "self", space, "share", "total", space,
            "share", report_count_name(analysis), "per call", "function");
    for (uint32_t i = 0; i < rows.count; i++)
        print_function(out, analysis, rows.rows[i]);
    report_text_foot(out, analysis, rows.left_out, "more function", "--limit 0 shows all");
    report_rows_free(&rows);
    return 0;
}
