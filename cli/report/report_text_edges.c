/* SPDX-License-Identifier: MIT */
/*
 * Functions with their callers above and their callees below, as gprof prints them but with exact
 * counts. Called by the report command. A function that calls itself is among its own callers and
 * callees, so that the callers' counts add up to its calls.
 */
#include <stdlib.h>

#include "cli/print/units.h"
#include "report_text.h"

/* The edges into, and out of, each function: next to each other, the one with most calls first. */
struct edge_index {
    const struct analysis *analysis;
    bool by_caller;
    uint32_t *edges;
    uint32_t *first; /* by function, one more at the end */
};

static uint32_t side(const struct edge_index *index, uint32_t edge) {
    const struct analysis_edge *of = &index->analysis->edges[edge];
    return index->by_caller ? of->caller : of->callee;
}

static int compare_edges(const void *left, const void *right, void *context) {
    const struct edge_index *index = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (side(index, a) != side(index, b))
        return side(index, a) < side(index, b) ? -1 : 1;
    const struct analysis_sums *sums = &index->analysis->edge_sums;
    int64_t x = report_text_count(index->analysis, sums, a);
    int64_t y = report_text_count(index->analysis, sums, b);
    if (x != y)
        return x < y ? 1 : -1;
    x = analysis_total(sums, a, index->analysis->value_type);
    y = analysis_total(sums, b, index->analysis->value_type);
    return x != y ? (x < y ? 1 : -1) : (a > b) - (a < b);
}

static bool edge_index_init(struct edge_index *index, const struct analysis *analysis,
                            bool by_caller) {
    uint32_t count = analysis->edge_sums.count, functions = analysis->function_sums.count;
    *index = (struct edge_index){.analysis = analysis, .by_caller = by_caller};
    index->edges = reallocarray(NULL, (size_t)count + 1, sizeof(*index->edges));
    index->first = calloc((size_t)functions + 1, sizeof(*index->first));
    if (index->edges == NULL || index->first == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        index->edges[i] = i;
    qsort_r(index->edges, count, sizeof(*index->edges), compare_edges, index);
    uint32_t edge = 0; /* edges without a caller come last: PROFILE_NONE is the largest index */
    for (uint32_t function = 0; function <= functions; function++) {
        while (edge < count && side(index, index->edges[edge]) < function)
            edge++;
        index->first[function] = edge;
    }
    return true;
}

static void edge_index_free(struct edge_index *index) {
    free(index->edges);
    free(index->first);
}

/* The outermost frame of each stack has no caller; few of these edges are calls. */
static bool is_call(const struct analysis *analysis, uint32_t edge) {
    return analysis->edges[edge].caller != PROFILE_NONE ||
           report_text_count(analysis, &analysis->edge_sums, edge) != 0;
}

/* `spread` is NULL unless durations are to be shown. */
static void print_values(FILE *out, const struct analysis *analysis,
                         const struct analysis_sums *sums, const struct analysis_spread *spread,
                         uint32_t row) {
    if (spread != NULL) {
        putc(' ', out);
        report_text_durations(out, spread);
        fputs("  ", out);
        return;
    }
    const struct report_text_value total = report_text_value(analysis, sums, row, true);
    const struct report_text_value self = report_text_value(analysis, sums, row, false);
    fprintf(out, " %11s%s %11s%s  ", total.amount.text, total.grade, self.amount.text, self.grade);
}

static void print_edge(FILE *out, const struct analysis *analysis, uint32_t edge, uint32_t function,
                       bool is_caller) {
    const struct analysis_sums *sums = &analysis->edge_sums;
    const struct analysis_edge *of = &analysis->edges[edge];
    uint32_t other = is_caller ? of->caller : of->callee;
    fprintf(out, "%15s of %15s", units_count(report_text_count(analysis, sums, edge)).text,
            units_count(report_text_count(analysis, &analysis->function_sums, of->callee)).text);
    print_values(out, analysis, sums,
                 analysis->edge_spreads == NULL ? NULL : &analysis->edge_spreads[edge], edge);
    fputs(is_caller ? "    from " : "    to   ", out);
    report_text_name(out, analysis, other);
    fputs(other == function ? " (itself)\n" : "\n", out);
}

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    fprintf(out, "%15s    %15s", units_count(report_text_count(analysis, sums, function)).text, "");
    print_values(out, analysis, sums,
                 analysis->function_spreads == NULL ? NULL : &analysis->function_spreads[function],
                 function);
    report_text_name(out, analysis, function);
    report_text_place(out, analysis, function);
    putc('\n', out);
}

static void print_block(FILE *out, const struct analysis *analysis, uint32_t function,
                        const struct edge_index *callers, const struct edge_index *callees) {
    for (uint32_t i = callers->first[function]; i < callers->first[function + 1]; i++) {
        if (is_call(analysis, callers->edges[i]))
            print_edge(out, analysis, callers->edges[i], function, true);
    }
    print_function(out, analysis, function);
    for (uint32_t i = callees->first[function]; i < callees->first[function + 1]; i++)
        print_edge(out, analysis, callees->edges[i], function, false);
}

static void print_table(FILE *out, const struct analysis *analysis,
                        const struct report_options *options, const struct report_rows *rows,
                        const struct edge_index *callers, const struct edge_index *callees) {
    const char *space = report_text_no_grade(analysis);
    report_text_head(out, analysis, options);
    fprintf(out, "%15s    %15s ", report_count_name(analysis), "of all");
    if (analysis->edge_spreads != NULL)
        report_text_durations_head(out);
    else
        fprintf(out, "%11s%s %11s%s", "total", space, "self", space);
    fputs("  function, its callers above, its callees below\n\n", out);
    for (uint32_t i = 0; i < rows->count; i++) {
        if (i != 0)
            putc('\n', out);
        print_block(out, analysis, rows->rows[i], callers, callees);
    }
    report_text_foot(out, analysis, rows->left_out, "more function", "--limit 0 shows all");
}

int report_text_edges(FILE *out, const struct analysis *analysis,
                      const struct report_options *options, struct error *error) {
    struct report_rows rows;
    struct edge_index callers, callees = {0};
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    bool good =
        edge_index_init(&callers, analysis, false) && edge_index_init(&callees, analysis, true);
    if (good) {
        print_table(out, analysis, options, &rows, &callers, &callees);
    } else {
        error_set_errno(error, "cannot sort the edges");
    }
    edge_index_free(&callers);
    edge_index_free(&callees);
    report_rows_free(&rows);
    return good ? 0 : -1;
}
