/* SPDX-License-Identifier: MIT */
/*
 * Reports as CSV (RFC 4180, but lines end with LF): a header, then a line for each function, edge
 * or tree node, with whole numbers. The caller of an outermost call is "-". Called by the report
 * command. Scripts read it: columns are only ever added at the end.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/print/csv_text.h"
#include "reader/base/doubt.h"
#include "report.h"
#include "report_never_called.h"

static void print_values(FILE *out, const struct analysis_sums *sums, uint32_t row,
                         const struct report_column *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, ",%" PRId64, report_value(sums, row, &columns[i]));
}

/* Columns behind the values, where asked for: `spreads` is NULL or that of each row. */
static void print_durations(FILE *out, const struct analysis_spread *spreads, uint32_t row) {
    for (unsigned i = 0; spreads != NULL && i < REPORT_DURATIONS; i++)
        fprintf(out, ",%" PRId64, report_duration(&spreads[row], i));
}

/* Prints one standard error and the grade, if the error is known. */
static void print_errors(FILE *out, const struct analysis *analysis,
                         const struct analysis_sums *sums, uint32_t row) {
    for (int total = 0; total <= 1 && analysis_has_errors(analysis); total++) {
        const double error = analysis_error(analysis, sums, row, total);
        const char grade = doubt_grade(report_shown(analysis, sums, row, total), error);
        if (error < 0)
            fprintf(out, ",,%c", grade);
        else
            fprintf(out, ",%.0f,%c", error, grade);
    }
}

static uint32_t print_header(FILE *out, const struct analysis *analysis, const char *first,
                             const char *last, const struct analysis_spread *spreads,
                             struct report_column columns[REPORT_MAX_COLUMNS]) {
    uint32_t count = report_columns(analysis, columns);
    fputs(first, out);
    for (uint32_t i = 0; i < count; i++) {
        putc(',', out);
        csv_text(out, columns[i].name);
    }
    fprintf(out, ",%s", last);
    if (analysis_has_errors(analysis))
        fputs(",self_error_ns,self_grade,total_error_ns,total_grade", out);
    for (unsigned i = 0; spreads != NULL && i < REPORT_DURATIONS; i++)
        fprintf(out, ",%s", report_duration_names[i]);
    putc('\n', out);
    return count;
}

static int print_functions(FILE *out, const struct analysis *analysis,
                           const struct report_options *options, struct error *error) {
    struct report_rows rows;
    struct report_column columns[REPORT_MAX_COLUMNS];
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    uint32_t count =
        print_header(out, analysis, "function", "file,line", analysis->function_spreads, columns);
    for (uint32_t i = 0; i < rows.count; i++) {
        const struct analysis_function *function = &analysis->functions[rows.rows[i]];
        csv_text(out, function->name);
        print_values(out, &analysis->function_sums, rows.rows[i], columns, count);
        putc(',', out);
        csv_text(out, function->file);
        fprintf(out, ",%" PRId64, function->line);
        print_errors(out, analysis, &analysis->function_sums, rows.rows[i]);
        print_durations(out, analysis->function_spreads, rows.rows[i]);
        putc('\n', out);
    }
    report_rows_free(&rows);
    return 0;
}

static int print_edges(FILE *out, const struct analysis *analysis,
                       const struct report_options *options, struct error *error) {
    struct report_rows rows;
    struct report_column columns[REPORT_MAX_COLUMNS];
    if (report_rows_edges(&rows, analysis, options, error) != 0)
        return -1;
    uint32_t count = print_header(out, analysis, "caller,callee", "caller_file,callee_file",
                                  analysis->edge_spreads, columns);
    for (uint32_t i = 0; i < rows.count; i++) {
        const struct analysis_edge *edge = &analysis->edges[rows.rows[i]];
        bool is_outermost = edge->caller == PROFILE_NONE;
        csv_text(out, is_outermost ? "-" : analysis->functions[edge->caller].name);
        putc(',', out);
        csv_text(out, analysis->functions[edge->callee].name);
        print_values(out, &analysis->edge_sums, rows.rows[i], columns, count);
        putc(',', out);
        csv_text(out, is_outermost ? "" : analysis->functions[edge->caller].file);
        putc(',', out);
        csv_text(out, analysis->functions[edge->callee].file);
        print_errors(out, analysis, &analysis->edge_sums, rows.rows[i]);
        print_durations(out, analysis->edge_spreads, rows.rows[i]);
        putc('\n', out);
    }
    report_rows_free(&rows);
    return 0;
}

static int print_tree(FILE *out, const struct analysis *analysis,
                      const struct report_options *options, struct error *error) {
    struct report_rows rows;
    struct report_column columns[REPORT_MAX_COLUMNS];
    if (report_rows_tree(&rows, analysis, options, error) != 0)
        return -1;
    uint32_t count =
        print_header(out, analysis, "node,parent,depth,function", "file", NULL, columns);
    for (uint32_t i = 0; i < rows.count; i++) {
        const struct analysis_node *node = &analysis->nodes[rows.rows[i]];
        const struct analysis_function *function = &analysis->functions[node->function];
        fprintf(out, "%u,%u,%u,", rows.rows[i], node->parent, node->depth);
        csv_text(out, function->name);
        print_values(out, &analysis->node_sums, rows.rows[i], columns, count);
        putc(',', out);
        csv_text(out, function->file);
        print_errors(out, analysis, &analysis->node_sums, rows.rows[i]);
        putc('\n', out);
    }
    report_rows_free(&rows);
    return 0;
}

const struct report_format report_csv = {
    .name = "csv",
    .help = "the same for a spreadsheet, but for stacks",
    .functions = print_functions,
    .edges = print_edges,
    .tree = print_tree,
    .never_called = report_never_called_csv,
};
