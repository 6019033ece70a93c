/* SPDX-License-Identifier: MIT */
/* See line_costs.h. One walk over each sample, from the outermost frame inwards. */
#include "line_costs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_frames.h"
#include "analysis_pairs.h"
#include "analysis_sums.h"

struct line_walk {
    const struct analysis_frames *frames;
    const struct profile *profile;
    struct line_costs *costs;
    struct pair_table sites; /* (function, line) to a number */
    struct pair_table table; /* (site, callee) to a row */
    uint32_t capacity;
};

/* The row, added if it is new; PROFILE_NONE when out of memory. */
static uint32_t find_row(struct line_walk *walk, const struct line_cost *wanted) {
    struct line_costs *costs = walk->costs;
    const uint32_t next = costs->sums.count;
    const uint32_t site =
        pair_table_intern(&walk->sites, wanted->function, wanted->line, walk->sites.count);
    if (site == PROFILE_NONE)
        return PROFILE_NONE;
    const uint32_t row = pair_table_intern(&walk->table, site, wanted->callee, next);
    if (row != next)
        return row;
    if (next == walk->capacity) {
        const uint64_t larger = walk->capacity == 0 ? 256 : (uint64_t)walk->capacity * 2;
        struct line_cost *rows = reallocarray(costs->rows, larger, sizeof(*rows));
        if (rows == NULL)
            return PROFILE_NONE;
        costs->rows = rows;
        walk->capacity = (uint32_t)larger;
    }
    if (!analysis_sums_grow(&costs->sums))
        return PROFILE_NONE;
    costs->rows[row] = *wanted;
    return row;
}

static bool add(struct line_walk *walk, const struct line_cost *to, enum analysis_column column,
                const int64_t *values) {
    const uint32_t row = find_row(walk, to);
    return row != PROFILE_NONE && analysis_sums_add(&walk->costs->sums, row, column, values);
}

static bool add_sample(struct line_walk *walk, const struct profile_sample *sample,
                       uint32_t stamp) {
    const struct analysis_frames *frames = walk->frames;
    struct line_cost at = {.function = PROFILE_NONE};
    for (uint32_t i = sample->depth; i-- > 0;) {
        const uint32_t location = sample->locations[i];
        const uint32_t first = frames->first[location];
        for (uint32_t frame = frames->first[location + 1]; frame-- > first;) {
            at.callee = frames->function[frame];
            const bool is_outermost = frames->stamps[at.callee] != stamp;
            const bool is_innermost = i == 0 && frame == first;
            frames->stamps[at.callee] = stamp;
            if ((is_outermost && !add(walk, &at, ANALYSIS_TOTAL, sample->values)) ||
                (is_innermost && !add(walk, &at, ANALYSIS_SELF, sample->values)))
                return false;
            at.function = at.callee;
            at.line = analysis_frames_line(&walk->profile->locations[location], frame - first);
        }
    }
    at.callee = PROFILE_NONE;
    return at.function == PROFILE_NONE || add(walk, &at, ANALYSIS_SELF, sample->values);
}

static bool add_samples(struct line_walk *walk) {
    bool good = true;
    for (uint32_t i = 0; good && i < walk->profile->sample_count; i++) {
        const struct profile_sample *sample = &walk->profile->samples[i];
        if (analysis_frames_match(walk->frames, sample))
            good = add_sample(walk, sample, i + 1);
    }
    memset(walk->frames->stamps, 0, walk->frames->function_count * sizeof(uint32_t));
    return good;
}

static int compare_rows(const void *left, const void *right, void *context) {
    const struct line_cost *rows = context;
    const struct line_cost *a = &rows[*(const uint32_t *)left];
    const struct line_cost *b = &rows[*(const uint32_t *)right];
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    if ((a->callee == PROFILE_NONE) != (b->callee == PROFILE_NONE))
        return a->callee == PROFILE_NONE ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->callee < b->callee ? -1 : a->callee > b->callee;
}

static bool sort_rows(struct line_costs *costs) {
    const uint32_t count = costs->sums.count;
    struct line_cost *sorted = reallocarray(NULL, (size_t)count + 1, sizeof(*sorted));
    costs->sums_row = reallocarray(NULL, (size_t)count + 1, sizeof(*costs->sums_row));
    if (sorted == NULL || costs->sums_row == NULL) {
        free(sorted);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        costs->sums_row[i] = i;
    qsort_r(costs->sums_row, count, sizeof(*costs->sums_row), compare_rows, costs->rows);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = costs->rows[costs->sums_row[i]];
    free(costs->rows);
    costs->rows = sorted;
    return true;
}

struct line_costs *line_costs_new(const struct analysis *analysis, struct error *error) {
    struct line_costs *costs = calloc(1, sizeof(*costs));
    struct line_walk walk = {analysis->frames, analysis->profile, costs, {0}, {0}, 0};
    if (costs != NULL)
        costs->sums.types = analysis->profile->value_type_count;
    const bool good = costs != NULL && add_samples(&walk) && sort_rows(costs);
    pair_table_free(&walk.sites);
    pair_table_free(&walk.table);
    if (good)
        return costs;
    analysis_fail(error);
    line_costs_free(costs);
    return NULL;
}

void line_costs_free(struct line_costs *costs) {
    if (costs == NULL)
        return;
    free(costs->rows);
    free(costs->sums_row);
    free(costs->sums.values);
    free(costs);
}
