/* SPDX-License-Identifier: MIT */
/*
 * Which rows a report shows, and in which order (see report.h). All formats call it, so that they
 * agree. Ties are broken by name and file: the same profile gives the same report.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

bool report_sort_named(const char *name, enum report_sort *sort) {
    static const char *const names[] = {
        [REPORT_SORT_SELF] = "self",       [REPORT_SORT_TOTAL] = "total",
        [REPORT_SORT_CALLS] = "calls",     [REPORT_SORT_PER_CALL] = "per-call",
        [REPORT_SORT_NAME] = "name",       [REPORT_SORT_P50] = "p50",
        [REPORT_SORT_P90] = "p90",         [REPORT_SORT_P99] = "p99",
        [REPORT_SORT_LONGEST] = "longest",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            *sort = (enum report_sort)i;
            return true;
        }
    }
    return false;
}

struct order {
    const struct analysis *analysis;
    const struct analysis_sums *sums;
    const struct analysis_spread *spreads; /* NULL: durations are not known */
    enum report_sort sort;
    bool edges;
};

static int64_t count_of(const struct order *order, uint32_t row) {
    uint32_t type = order->analysis->count_type;
    return type == PROFILE_NONE ? 0 : analysis_self(order->sums, row, type);
}

static double sort_value(const struct order *order, uint32_t row) {
    int64_t calls = count_of(order, row);
    int64_t total = analysis_total(order->sums, row, order->analysis->value_type);
    switch (order->sort) {
    case REPORT_SORT_SELF:
        return (double)analysis_self(order->sums, row, order->analysis->value_type);
    case REPORT_SORT_TOTAL:
        return (double)total;
    case REPORT_SORT_CALLS:
        return (double)calls;
    case REPORT_SORT_PER_CALL:
        return calls == 0 ? 0 : (double)total / (double)calls;
    case REPORT_SORT_P50:
    case REPORT_SORT_P90:
    case REPORT_SORT_P99:
    case REPORT_SORT_LONGEST:
        return order->spreads == NULL
                   ? 0
                   : (double)report_duration(&order->spreads[row], order->sort - REPORT_SORT_P50);
    case REPORT_SORT_NAME:
        return 0;
    }
    return 0;
}

static int compare_names(const struct analysis *analysis, uint32_t left, uint32_t right) {
    if (left == right)
        return 0;
    if (left == PROFILE_NONE || right == PROFILE_NONE)
        return left == PROFILE_NONE ? -1 : 1;
    const struct analysis_function *a = &analysis->functions[left];
    const struct analysis_function *b = &analysis->functions[right];
    int result = strcmp(a->name, b->name);
    return result != 0 ? result : strcmp(a->file, b->file);
}

static int compare_rows(const void *left, const void *right, void *context) {
    const struct order *order = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    double x = sort_value(order, a), y = sort_value(order, b);
    if (x != y)
        return x < y ? 1 : -1;
    if (!order->edges)
        return compare_names(order->analysis, a, b);
    const struct analysis_edge *p = &order->analysis->edges[a], *q = &order->analysis->edges[b];
    int result = compare_names(order->analysis, p->caller, q->caller);
    return result != 0 ? result : compare_names(order->analysis, p->callee, q->callee);
}

static bool has_value(const struct analysis_sums *sums, uint32_t row) {
    for (uint32_t i = 0; i < 2 * sums->types; i++) {
        if (sums->values[(size_t)row * 2 * sums->types + i] != 0)
            return true;
    }
    return false;
}

static bool is_shown(const struct analysis *analysis, const regex_t *show, uint32_t function) {
    return show == NULL || (function != PROFILE_NONE &&
                            regexec(show, analysis->functions[function].name, 0, NULL, 0) == 0);
}

bool report_rows_match(const struct analysis *analysis, const regex_t *show) {
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (is_shown(analysis, show, i))
            return true;
    }
    return show == NULL;
}

static int collect(struct report_rows *rows, struct order *order,
                   const struct report_options *options, struct error *error) {
    const struct analysis *analysis = order->analysis;
    *rows = (struct report_rows){0};
    rows->rows = reallocarray(NULL, (size_t)order->sums->count + 1, sizeof(*rows->rows));
    if (rows->rows == NULL)
        return error_set_errno(error, "cannot sort the report");
    for (uint32_t row = 0; row < order->sums->count; row++) {
        uint32_t function = order->edges ? analysis->edges[row].callee : row;
        bool shown =
            is_shown(analysis, options->show, function) ||
            (order->edges && is_shown(analysis, options->show, analysis->edges[row].caller));
        if (shown && has_value(order->sums, row))
            rows->rows[rows->count++] = row;
    }
    qsort_r(rows->rows, rows->count, sizeof(*rows->rows), compare_rows, order);
    if (options->limit != 0 && rows->count > options->limit) {
        rows->left_out = rows->count - options->limit;
        rows->count = options->limit;
    }
    return 0;
}

int report_rows_functions(struct report_rows *rows, const struct analysis *analysis,
                          const struct report_options *options, struct error *error) {
    struct order order = {.analysis = analysis,
                          .sums = &analysis->function_sums,
                          .spreads = analysis->function_spreads,
                          .sort = options->sort};
    return collect(rows, &order, options, error);
}

int report_rows_edges(struct report_rows *rows, const struct analysis *analysis,
                      const struct report_options *options, struct error *error) {
    struct order order = {.analysis = analysis,
                          .sums = &analysis->edge_sums,
                          .spreads = analysis->edge_spreads,
                          .sort = options->sort,
                          .edges = true};
    return collect(rows, &order, options, error);
}

void report_rows_free(struct report_rows *rows) {
    free(rows->rows);
    *rows = (struct report_rows){0};
}
