/* SPDX-License-Identifier: MIT */
/*
 * Sums by call edge (see analysis.h). Called by the command for reports of callers and callees.
 * Recursion is an edge like any other: a function that calls itself is its own caller.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis.h"
#include "analysis_frames.h"
#include "analysis_pairs.h"
#include "analysis_sums.h"

struct edge_walk {
    struct analysis *analysis;
    struct pair_table table;
    uint32_t *stamps; /* by edge: 1 + the last sample that was added to its total */
    uint32_t capacity;
};

static bool edge_walk_grow(struct edge_walk *walk) {
    if (walk->analysis->edge_sums.count < walk->capacity)
        return true;
    struct analysis *analysis = walk->analysis;
    uint64_t wanted = walk->capacity == 0 ? 256 : (uint64_t)walk->capacity * 2;
    if (wanted >= PROFILE_NONE) {
        errno = ENOMEM;
        return false;
    }
    struct analysis_edge *edges = reallocarray(analysis->edges, wanted, sizeof(*edges));
    if (edges == NULL)
        return false;
    analysis->edges = edges;
    uint32_t *stamps = reallocarray(walk->stamps, wanted, sizeof(*stamps));
    if (stamps == NULL)
        return false;
    walk->stamps = stamps;
    walk->capacity = (uint32_t)wanted;
    return true;
}

/* Index of the edge, which is added if it is new; PROFILE_NONE when out of memory. */
static uint32_t edge_walk_find(struct edge_walk *walk, uint32_t caller, uint32_t callee) {
    struct analysis *analysis = walk->analysis;
    uint32_t next = analysis->edge_sums.count;
    uint32_t index = pair_table_intern(&walk->table, caller, callee, next);
    if (index != next)
        return index;
    if (!edge_walk_grow(walk) || !analysis_sums_grow(&analysis->edge_sums))
        return PROFILE_NONE;
    analysis->edges[index] = (struct analysis_edge){.caller = caller, .callee = callee};
    walk->stamps[index] = 0;
    return index;
}

static bool add_edge(struct edge_walk *walk, uint32_t caller, uint32_t callee, bool innermost,
                     const int64_t *values, uint32_t stamp) {
    struct analysis_sums *sums = &walk->analysis->edge_sums;
    uint32_t edge = edge_walk_find(walk, caller, callee);
    if (edge == PROFILE_NONE)
        return false;
    if (innermost && !analysis_sums_add(sums, edge, ANALYSIS_SELF, values))
        return false;
    if (walk->stamps[edge] == stamp)
        return true;
    walk->stamps[edge] = stamp;
    return analysis_sums_add(sums, edge, ANALYSIS_TOTAL, values);
}

static bool add_sample(struct edge_walk *walk, const struct profile_sample *sample,
                       uint32_t stamp) {
    const struct analysis_frames *frames = walk->analysis->frames;
    uint32_t callee = PROFILE_NONE;
    bool innermost = true;
    for (uint32_t i = 0; i < sample->depth; i++) {
        uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location]; at < frames->first[location + 1]; at++) {
            uint32_t caller = frames->function[at];
            if (callee != PROFILE_NONE) {
                if (!add_edge(walk, caller, callee, innermost, sample->values, stamp))
                    return false;
                innermost = false;
            }
            callee = caller;
        }
    }
    return callee == PROFILE_NONE ||
           add_edge(walk, PROFILE_NONE, callee, innermost, sample->values, stamp);
}

int analysis_add_edges(struct analysis *analysis, struct error *error) {
    const struct profile *profile = analysis->profile;
    struct edge_walk walk = {.analysis = analysis};
    bool good = true;
    for (uint32_t i = 0; good && i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (analysis_frames_match(analysis->frames, sample))
            good = add_sample(&walk, sample, i + 1);
    }
    pair_table_free(&walk.table);
    free(walk.stamps);
    return good ? 0 : analysis_fail(error);
}
