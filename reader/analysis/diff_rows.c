/* SPDX-License-Identifier: MIT */
/* See diff_rows.h. */
#include "diff_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff_split.h"
#include "reader/base/doubt.h"
#include "statistics.h"

/* --- one quantity ----------------------------------------------------------------------------- */

void diff_series_add(struct diff_series *series, double value, double error) {
    if (series->count++ == 0)
        series->first = value;
    series->sum += value - series->first;
    series->squares += (value - series->first) * (value - series->first);
    series->error += error;
}

static void finish_side(const struct diff_series *series, uint32_t runs, double *mean,
                        double *error, bool *varies) {
    const double n = runs, missing = n - series->count;
    *mean = *error = 0;
    if (series->count == 0)
        return;
    const double sum = series->sum - missing * series->first;
    const double squares = series->squares + missing * series->first * series->first;
    *mean = series->first + sum / n;
    *error = DOUBT_95 * series->error / n;
    if (squares == 0)
        return;
    *varies = true;
    const double variance = fmax(squares - sum * sum / n, 0) / (n - 1);
    *error = hypot(*error, statistics_student_t(0.95, runs - 1) * sqrt(variance / n));
}

void diff_series_finish(const struct diff_series series[2], const uint32_t runs[2],
                        struct diff_amount *amount) {
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        finish_side(&series[side], runs[side], &amount->mean[side], &amount->error[side],
                    &amount->varies);
}

/* --- rows ------------------------------------------------------------------------------------- */

bool diff_rows_grow(struct diff_rows *rows, uint32_t count) {
    if (count > rows->capacity) {
        const size_t wanted = (size_t)count + count / 2 + 64;
        struct diff_row *grown = reallocarray(rows->rows, wanted, sizeof(*grown));
        if (grown == NULL)
            return false;
        rows->rows = grown;
        struct diff_series_row *series = reallocarray(rows->series, wanted, sizeof(*series));
        if (series == NULL)
            return false;
        rows->series = series;
        rows->capacity = wanted < PROFILE_NONE ? (uint32_t)wanted : PROFILE_NONE;
    }
    for (; rows->count < count; rows->count++) {
        rows->rows[rows->count] =
            (struct diff_row){.caller = PROFILE_NONE, .function = rows->count};
        memset(&rows->series[rows->count], 0, sizeof(*rows->series));
    }
    return true;
}

void diff_rows_free(struct diff_rows *rows) {
    free(rows->rows);
    free(rows->series);
    pair_table_free(&rows->table);
    *rows = (struct diff_rows){0};
}

/* Functions, or edges, of one profile that share a number are added up first. */
struct sum {
    double value[DIFF_QUANTITIES], error[DIFF_QUANTITIES];
    bool is_there;
};

static void add_to_sum(struct sum *sum, const struct diff_added *added,
                       const struct analysis_sums *sums, uint32_t row) {
    const struct analysis *analysis = added->analysis;
    const int64_t *self = sums->values + (size_t)row * 2 * sums->types;
    const int64_t *total = self + sums->types;
    for (uint32_t i = 0; i < 2 * sums->types; i++)
        sum->is_there = sum->is_there || self[i] != 0;
    if (analysis->count_type != PROFILE_NONE)
        sum->value[DIFF_CALLS] += (double)self[analysis->count_type];
    sum->value[DIFF_SELF] += (double)self[analysis->value_type];
    sum->value[DIFF_TOTAL] += (double)total[analysis->value_type];
    sum->error[DIFF_SELF] += value_error_sum(&added->error, self);
    sum->error[DIFF_TOTAL] += value_error_sum(&added->error, total);
}

static void take_sums(struct diff_rows *rows, const struct sum *sums, enum diff_side side) {
    for (uint32_t i = 0; i < rows->count; i++) {
        if (!sums[i].is_there)
            continue;
        rows->rows[i].is_in[side] = true;
        for (int quantity = 0; quantity < DIFF_QUANTITIES; quantity++)
            diff_series_add(&rows->series[i].series[side][quantity], sums[i].value[quantity],
                            sums[i].error[quantity]);
    }
}

bool diff_rows_add_functions(struct diff_rows *rows, const struct diff_added *added) {
    struct sum *sums = calloc((size_t)rows->count + 1, sizeof(*sums));
    if (sums == NULL)
        return false;
    for (uint32_t i = 0; i < added->analysis->function_sums.count; i++)
        add_to_sum(&sums[added->numbers[i]], added, &added->analysis->function_sums, i);
    take_sums(rows, sums, added->side);
    free(sums);
    return true;
}

/* The edge's row, added if it is new; PROFILE_NONE: out of memory. */
static uint32_t edge_row(struct diff_rows *rows, const struct diff_added *added,
                         const struct analysis_edge *edge) {
    const uint32_t caller =
        edge->caller == PROFILE_NONE ? PROFILE_NONE : added->numbers[edge->caller];
    const uint32_t function = added->numbers[edge->callee];
    const uint32_t row = pair_table_intern(&rows->table, caller, function, rows->count);
    if (row == rows->count && row != PROFILE_NONE) {
        if (!diff_rows_grow(rows, row + 1))
            return PROFILE_NONE;
        rows->rows[row].caller = caller;
        rows->rows[row].function = function;
    }
    return row;
}

bool diff_rows_add_edges(struct diff_rows *rows, const struct diff_added *added) {
    const struct analysis *analysis = added->analysis;
    struct sum *sums = calloc((size_t)rows->count + analysis->edge_sums.count + 1, sizeof(*sums));
    bool good = sums != NULL;
    for (uint32_t i = 0; good && i < analysis->edge_sums.count; i++) {
        const uint32_t row = edge_row(rows, added, &analysis->edges[i]);
        good = row != PROFILE_NONE;
        if (good)
            add_to_sum(&sums[row], added, &analysis->edge_sums, i);
    }
    if (good)
        take_sums(rows, sums, added->side);
    free(sums);
    return good;
}

/* --- what comes of them ----------------------------------------------------------------------- */

void diff_rows_finish(struct diff_rows *rows, const uint32_t runs[2]) {
    for (uint32_t i = 0; i < rows->count; i++) {
        struct diff_row *row = &rows->rows[i];
        struct diff_amount *amounts[] = {
            [DIFF_CALLS] = &row->calls, [DIFF_SELF] = &row->self, [DIFF_TOTAL] = &row->total};
        for (int quantity = 0; quantity < DIFF_QUANTITIES; quantity++) {
            const struct diff_series series[2] = {rows->series[i].series[DIFF_OLD][quantity],
                                                  rows->series[i].series[DIFF_NEW][quantity]};
            diff_series_finish(series, runs, amounts[quantity]);
        }
    }
}

/* An outermost frame without a call ("[unplaced]") is not a function that is called anew. */
static void split_edge(struct diff_row *edge) {
    const double *calls = edge->calls.mean;
    struct diff_pair pair;
    memcpy(pair.calls, calls, sizeof(pair.calls));
    memcpy(pair.value, edge->self.mean, sizeof(pair.value));
    if ((edge->is_in[DIFF_OLD] && edge->is_in[DIFF_NEW]) ||
        (edge->caller == PROFILE_NONE && calls[DIFF_OLD] == 0 && calls[DIFF_NEW] == 0))
        diff_split(&pair, &edge->parts);
    else if (edge->is_in[DIFF_NEW])
        edge->parts.added = pair.value[DIFF_NEW];
    else
        edge->parts.gone = -pair.value[DIFF_OLD];
}

void diff_rows_split(struct diff_rows *functions, struct diff_rows *edges) {
    for (uint32_t i = 0; i < edges->count; i++) {
        struct diff_row *edge = &edges->rows[i];
        struct diff_parts *sum = &functions->rows[edge->function].parts;
        split_edge(edge);
        sum->calls += edge->parts.calls;
        sum->cost += edge->parts.cost;
        sum->added += edge->parts.added;
        sum->gone += edge->parts.gone;
    }
}
