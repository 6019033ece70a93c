/* SPDX-License-Identifier: MIT */
/*
 * The durations of calls, by function and by edge (see analysis.h). Samples of one stack differ in
 * the tag `duration`: it says how long each of that sample's calls took.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis.h"
#include "analysis_frames.h"
#include "analysis_pairs.h"
#include "analysis_sums.h"
#include "reader/profile/profile.h"

struct entry {
    uint32_t row;
    int64_t ns, calls;
};

struct entries {
    struct entry *all;
    size_t count;
};

/* The innermost function of the sample, and its caller. */
static struct analysis_edge innermost_edge(const struct analysis_frames *frames,
                                           const struct profile_sample *sample) {
    struct analysis_edge edge = {.caller = PROFILE_NONE, .callee = PROFILE_NONE};
    for (uint32_t i = 0; i < sample->depth; i++) {
        const uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location]; at < frames->first[location + 1]; at++) {
            if (edge.callee != PROFILE_NONE) {
                edge.caller = frames->function[at];
                return edge;
            }
            edge.callee = frames->function[at];
        }
    }
    return edge;
}

/* `table` finds an edge's row; NULL: rows are functions. False: out of memory. */
static bool collect(struct entries *entries, const struct analysis *analysis,
                    struct pair_table *table) {
    for (uint32_t i = 0; i < analysis->profile->sample_count; i++) {
        const struct profile_sample *sample = &analysis->profile->samples[i];
        const int64_t ns = profile_sample_duration(sample),
                      calls = sample->values[analysis->count_type];
        if (ns <= 0 || calls <= 0 || !analysis_frames_match(analysis->frames, sample))
            continue;
        const struct analysis_edge edge = innermost_edge(analysis->frames, sample);
        if (edge.callee == PROFILE_NONE)
            continue;
        uint32_t row = edge.callee;
        if (table != NULL)
            row = pair_table_intern(table, edge.caller, edge.callee, PROFILE_NONE);
        if (row == PROFILE_NONE)
            return false;
        entries->all[entries->count++] = (struct entry){row, ns, calls};
    }
    return true;
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->ns > b->ns) - (a->ns < b->ns);
}

/* The smallest duration that at least `share` of the calls do not exceed. */
static int64_t quantile(const struct entry *entries, size_t count, double share) {
    double calls = 0, seen = 0;
    for (size_t i = 0; i < count; i++)
        calls += (double)entries[i].calls;
    for (size_t i = 0; i < count; i++) {
        seen += (double)entries[i].calls;
        if (seen >= share * calls)
            return entries[i].ns;
    }
    return entries[count - 1].ns;
}

static void fill(struct analysis_spread *spreads, const struct entries *entries) {
    for (size_t from = 0, to; from < entries->count; from = to) {
        const struct entry *first = &entries->all[from];
        for (to = from; to < entries->count && entries->all[to].row == first->row;)
            to++;
        spreads[first->row] = (struct analysis_spread){.p50 = quantile(first, to - from, 0.5),
                                                       .p90 = quantile(first, to - from, 0.9),
                                                       .p99 = quantile(first, to - from, 0.99),
                                                       .longest = entries->all[to - 1].ns};
    }
}

static struct analysis_spread *spreads_of(struct entries *entries, const struct analysis *analysis,
                                          struct pair_table *table, uint32_t rows) {
    struct analysis_spread *spreads = calloc((size_t)rows + 1, sizeof(*spreads));
    entries->count = 0;
    if (spreads == NULL || !collect(entries, analysis, table)) {
        free(spreads);
        return NULL;
    }
    if (entries->count != 0)
        qsort(entries->all, entries->count, sizeof(*entries->all), compare_entries);
    fill(spreads, entries);
    return spreads;
}

static bool list_edges(struct pair_table *table, const struct analysis *analysis) {
    for (uint32_t i = 0; i < analysis->edge_sums.count; i++) {
        const struct analysis_edge *edge = &analysis->edges[i];
        if (pair_table_intern(table, edge->caller, edge->callee, i) != i)
            return false;
    }
    return true;
}

static bool has_durations(const struct analysis *analysis) {
    for (uint32_t i = 0; i < analysis->profile->sample_count; i++) {
        if (profile_sample_duration(&analysis->profile->samples[i]) > 0)
            return analysis->count_type != PROFILE_NONE;
    }
    return false;
}

int analysis_add_durations(struct analysis *analysis, struct error *error) {
    if (!has_durations(analysis))
        return 0;
    struct pair_table table = {0};
    struct entries entries = {
        .all = reallocarray(NULL, analysis->profile->sample_count, sizeof(*entries.all))};
    bool good = entries.all != NULL && list_edges(&table, analysis);
    if (good) {
        analysis->function_spreads =
            spreads_of(&entries, analysis, NULL, analysis->function_sums.count);
        analysis->edge_spreads = spreads_of(&entries, analysis, &table, analysis->edge_sums.count);
        good = analysis->function_spreads != NULL && analysis->edge_spreads != NULL;
    }
    pair_table_free(&table);
    free(entries.all);
    errno = ENOMEM;
    return good ? 0 : analysis_fail(error);
}
