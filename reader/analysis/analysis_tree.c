/* SPDX-License-Identifier: MIT */
/*
 * The call tree: one node for each path of functions from the outermost inwards (see analysis.h).
 * Called by the command for the tree report. It does not recurse: a profile's stacks may be a
 * million frames deep.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis.h"
#include "analysis_frames.h"
#include "analysis_pairs.h"
#include "analysis_sums.h"

struct tree_walk {
    struct analysis *analysis;
    struct pair_table table; /* (parent, function) to node */
    uint32_t capacity;
};

static uint32_t add_node(struct tree_walk *walk, uint32_t parent, uint32_t function) {
    struct analysis *analysis = walk->analysis;
    uint32_t index = analysis->node_sums.count;
    if (index == walk->capacity) {
        uint64_t wanted = walk->capacity == 0 ? 256 : (uint64_t)walk->capacity * 2;
        struct analysis_node *nodes =
            wanted < PROFILE_NONE ? reallocarray(analysis->nodes, wanted, sizeof(*nodes)) : NULL;
        if (nodes == NULL) {
            errno = ENOMEM;
            return PROFILE_NONE;
        }
        analysis->nodes = nodes;
        walk->capacity = (uint32_t)wanted;
    }
    if (!analysis_sums_grow(&analysis->node_sums))
        return PROFILE_NONE;
    uint32_t depth = index == 0 ? 0 : analysis->nodes[parent].depth + 1;
    analysis->nodes[index] =
        (struct analysis_node){.parent = parent, .function = function, .depth = depth};
    return index;
}

static uint32_t find_child(struct tree_walk *walk, uint32_t parent, uint32_t function) {
    uint32_t next = walk->analysis->node_sums.count;
    uint32_t node = pair_table_intern(&walk->table, parent, function, next);
    return node == next ? add_node(walk, parent, function) : node;
}

static bool add_sample(struct tree_walk *walk, const struct profile_sample *sample) {
    const struct analysis_frames *frames = walk->analysis->frames;
    uint32_t node = 0;
    for (uint32_t i = sample->depth; i-- > 0;) {
        uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location + 1]; at-- > frames->first[location];) {
            node = find_child(walk, node, frames->function[at]);
            if (node == PROFILE_NONE)
                return false;
        }
    }
    return analysis_sums_add(&walk->analysis->node_sums, node, ANALYSIS_SELF, sample->values);
}

/* Children have higher indices than their parents, so one walk backwards adds them all up. */
static bool sum_totals(struct analysis *analysis) {
    struct analysis_sums *sums = &analysis->node_sums;
    for (uint32_t node = sums->count; node-- > 0;) {
        const int64_t *values = sums->values + (size_t)node * 2 * sums->types;
        if (!analysis_sums_add(sums, node, ANALYSIS_TOTAL, values))
            return false;
        if (node != 0 && !analysis_sums_add(sums, analysis->nodes[node].parent, ANALYSIS_TOTAL,
                                            values + sums->types))
            return false;
    }
    return true;
}

int analysis_add_tree(struct analysis *analysis, struct error *error) {
    const struct profile *profile = analysis->profile;
    struct tree_walk walk = {.analysis = analysis};
    bool good = add_node(&walk, 0, PROFILE_NONE) == 0;
    for (uint32_t i = 0; good && i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (analysis_frames_match(analysis->frames, sample))
            good = add_sample(&walk, sample);
    }
    good = good && sum_totals(analysis);
    pair_table_free(&walk.table);
    return good ? 0 : analysis_fail(error);
}
