/* SPDX-License-Identifier: MIT */
/*
 * See difference_match.h. While its lane is in use a node stays where it is. A lane that is gone
 * was merged, context by context, into that of ended threads (runtime/entry/threads.c): its nodes
 * are found there by their paths from the root.
 */
#include "difference_match.h"

#include <stdlib.h>
#include <string.h>

#include "reader/base/index_stack.h"

#define UNKNOWN (SNAPSHOT_NONE - 1)

struct match {
    const struct snapshot *before, *after;
    uint32_t *lanes;    /* by lane of `before`: the same one in `after`, or SNAPSHOT_NONE */
    uint32_t *children; /* nodes of `after`, sorted by parent, function and call site */
    uint32_t child_count;
    uint32_t *nodes; /* the result */
};

static int compare_keys(const struct segment_node *a, const struct segment_node *b) {
    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    if (a->call_site != b->call_site)
        return a->call_site < b->call_site ? -1 : 1;
    return 0;
}

static int compare_children(const void *left, const void *right, void *context) {
    const struct segment_node *nodes = context;
    return compare_keys(&nodes[*(const uint32_t *)left], &nodes[*(const uint32_t *)right]);
}

static uint32_t find_child(const struct match *match, uint32_t parent,
                           const struct segment_node *node) {
    const struct segment_node key = {
        .parent = parent, .function = node->function, .call_site = node->call_site};
    uint32_t low = 0, high = match->child_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = compare_keys(&match->after->nodes[match->children[middle]], &key);
        if (order == 0)
            return match->children[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SNAPSHOT_NONE;
}

static void match_lanes(struct match *match) {
    for (uint32_t i = 0; i < match->before->lane_count; i++) {
        const struct snapshot_lane *lane = &match->before->lanes[i];
        match->lanes[i] = SNAPSHOT_NONE;
        for (uint32_t k = 0; k < match->after->lane_count; k++) {
            const struct snapshot_lane *now = &match->after->lanes[k];
            if (now->index == lane->index && now->info.generation == lane->info.generation)
                match->lanes[i] = k;
        }
    }
}

static uint32_t root_of_ended(const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const uint32_t root = snapshot->lanes[i].info.root;
        if (snapshot->lanes[i].info.kind == SEGMENT_LANE_ENDED && root < snapshot->node_count &&
            snapshot->node_lane[root] == i)
            return root;
    }
    return SNAPSHOT_NONE;
}

/* A node whose parent is matched, if it has one. */
static uint32_t match_node(const struct match *match, uint32_t index) {
    const struct segment_node *node = &match->before->nodes[index], *now;
    const uint32_t lane = match->lanes[match->before->node_lane[index]];
    if (lane == SNAPSHOT_NONE) {
        if (node->parent == 0)
            return root_of_ended(match->after);
        const uint32_t parent = match->nodes[node->parent];
        return parent == SNAPSHOT_NONE ? SNAPSHOT_NONE : find_child(match, parent, node);
    }
    now = &match->after->nodes[index];
    return index < match->after->node_count && match->after->node_lane[index] == lane &&
                   now->function == node->function && now->call_site == node->call_site
               ? index
               : SNAPSHOT_NONE;
}

/* Matches the callers of a node and the node, from the outermost that is not matched yet. */
static int match_path(struct match *match, uint32_t index, struct index_stack *path) {
    path->depth = 0;
    for (uint32_t at = index; at != 0 && match->nodes[at] == UNKNOWN;
         at = match->before->nodes[at].parent) {
        if (index_stack_push(path, at) != 0)
            return -1;
    }
    while (path->depth > 0) {
        const uint32_t at = path->items[--path->depth];
        match->nodes[at] = match_node(match, at);
    }
    return 0;
}

static int match_all(struct match *match) {
    const struct snapshot *before = match->before, *after = match->after;
    struct index_stack path = {NULL, 0, 0};
    int result = 0;
    match_lanes(match);
    for (uint32_t i = 1; i < after->node_count; i++) {
        if (after->node_lane[i] != SNAPSHOT_NONE)
            match->children[match->child_count++] = i;
    }
    qsort_r(match->children, match->child_count, sizeof(*match->children), compare_children,
            after->nodes);
    for (uint32_t i = 0; i <= before->node_count; i++)
        match->nodes[i] = before->node_lane[i] == SNAPSHOT_NONE ? SNAPSHOT_NONE : UNKNOWN;
    for (uint32_t i = 1; i < before->node_count && result == 0; i++)
        result = match_path(match, i, &path);
    free(path.items);
    return result;
}

uint32_t *difference_match(const struct snapshot *before, const struct snapshot *after) {
    struct match match = {.before = before, .after = after};
    match.lanes = calloc((size_t)before->lane_count + 1, sizeof(*match.lanes));
    match.children = calloc((size_t)after->node_count + 1, sizeof(*match.children));
    match.nodes = calloc((size_t)before->node_count + 1, sizeof(*match.nodes));
    if (match.lanes == NULL || match.children == NULL || match.nodes == NULL ||
        match_all(&match) != 0) {
        free(match.nodes);
        match.nodes = NULL;
    }
    free(match.lanes);
    free(match.children);
    return match.nodes;
}
