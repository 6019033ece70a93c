/* SPDX-License-Identifier: MIT */
/*
 * Reports for people: the flat table of functions. Called by the report command.
 */
#include "report_text.h"

#include "cli/print/units.h"

const struct report_format report_text = {
    .name = "text",
    .functions = report_text_functions,
    .edges = report_text_edges,
    .tree = report_text_tree,
};

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    const char *unit = analysis->profile->value_types[analysis->value_type].unit;
    double all = (double)analysis->totals[analysis->value_type];
    double self = (double)analysis_self(sums, function, analysis->value_type);
    double total = (double)analysis_total(sums, function, analysis->value_type);
    int64_t calls = report_text_count(analysis, sums, function);
    fprintf(out, "%11s %6s %11s %6s %15s %11s  ", units_amount(self, unit).text,
            units_share(self, all).text, units_amount(total, unit).text,
            units_share(total, all).text, units_count(calls).text,
            calls > 0 ? units_amount(total / (double)calls, unit).text : "-");
    report_text_name(out, analysis, function);
    report_text_place(out, analysis, function);
    putc('\n', out);
}

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis);
    fprintf(out, "%11s %6s %11s %6s %15s %11s  %s\n", "self", "share", "total", "share",
            report_count_name(analysis), "per call", "function");
    for (uint32_t i = 0; i < rows.count; i++)
        print_function(out, analysis, rows.rows[i]);
    if (rows.left_out != 0)
        fprintf(out, "\n%s more functions; --limit 0 shows all\n", units_count(rows.left_out).text);
    report_rows_free(&rows);
    return 0;
}
