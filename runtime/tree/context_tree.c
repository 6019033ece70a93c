/* SPDX-License-Identifier: MIT */
/*
 * The calling context tree, slow half: what happens when a hook meets a transition for the first
 * time.
 *
 *     main ─(10)→ parse ─(20)→ expr ─(31)→ term        numbers: call sites
 *                                ↑           │
 *                                └───(44)────┘          a way back, not a new node
 *
 * A node's key is the edge (call site, function). A path from the root never holds an edge twice:
 * when `term` enters `expr` from (44) the first time, that is a new edge and a new node; when it
 * does so again below that node, the transition leads back to it. Depth is thus bounded by the
 * number of edges.
 *
 * Each lane keeps all transitions it has met, children and ways back, in one hash table (lookup.h).
 * Rejected: child lists with move-to-front, which a fan-out of 64 made slower than the clock;
 * hashing the whole path, which makes every exit restore a hash.
 *
 * Called within hook_begin(): nothing else changes the lane meanwhile.
 */
#include "context_tree.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "adaptive.h"
#include "lookup.h"
#include "runtime/base/lane.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"

static bool take_block(struct lane *lane, bool is_last) {
    const uint32_t block = is_last ? segment_take_last_block() : segment_take_block();
    if (block == 0)
        return false;
    if (lane->block != 0)
        tree_block_next[lane->block - 1] = block + 1;
    else
        lane->first_block = block + 1;
    lane->block = block + 1;
    lane->next_node = tree_node(block * SEGMENT_BLOCK_NODES);
    lane->end_node = lane->next_node + SEGMENT_BLOCK_NODES;
    __atomic_store_n(&segment.blocks[block].lane, lane->index + 1, __ATOMIC_RELEASE);
    return true;
}

static struct segment_node *add(struct lane *lane, uint32_t parent_index, uint64_t function,
                                uint64_t call_site, bool is_last) {
    struct segment_node *node;
    if (lane->next_node == lane->end_node && !take_block(lane, is_last))
        return NULL;
    node = lane->next_node++;
    node->function = function;
    node->call_site = call_site;
    node->parent = parent_index;
    __atomic_store_n(&segment.blocks[lane->block - 1].count,
                     SEGMENT_BLOCK_NODES - (uint32_t)(lane->end_node - lane->next_node),
                     __ATOMIC_RELEASE);
    return node;
}

struct segment_node *tree_add(struct lane *lane, uint32_t parent_index, uint64_t function,
                              uint64_t call_site) {
    return add(lane, parent_index, function, call_site, true);
}

static bool is_pseudo(const struct segment_node *node) {
    return node->function >> SEGMENT_ADDRESS_BITS == 0;
}

static bool is_own(const struct lane *lane, const struct segment_node *node) {
    return segment.blocks[tree_index(node) / SEGMENT_BLOCK_NODES].lane == lane->index + 1;
}

uint64_t *tree_returns(const struct lane *lane, const struct segment_node *node) {
    struct segment_node *parent = tree_node(node->parent);

    return &(is_own(lane, parent) ? parent : lane->root)->callee_returns;
}

/* The node of the same edge on the path up from `parent`. The caller is compared, too: a call site
 * in code without hooks, or that of an inlined call, has several callers. Only this lane's own
 * nodes are returned: a handler must not touch those of the hook that it interrupted. */
static struct segment_node *find_on_path(const struct lane *lane, struct segment_node *parent,
                                         uint64_t function, uint64_t call_site) {
    const uint64_t caller = parent->function;
    for (struct segment_node *node = parent; !is_pseudo(node); node = tree_node(node->parent)) {
        if (node->call_site == call_site && node->function == function &&
            tree_node(node->parent)->function == caller)
            return is_own(lane, node) ? node : NULL;
    }
    return NULL;
}

/* Searches the lane's blocks, if the table has no room even for edges. */
static struct segment_node *find_in_blocks(const struct lane *lane, uint32_t parent,
                                           uint64_t function, uint64_t call_site) {
    for (uint32_t block = lane->first_block; block != 0; block = tree_block_next[block - 1]) {
        struct segment_node *node = tree_node((block - 1) * SEGMENT_BLOCK_NODES);
        for (uint32_t i = 0; i < segment.blocks[block - 1].count; i++, node++) {
            if (node->parent == parent && is_node(node, function, call_site))
                return node;
        }
    }
    return NULL;
}

/* Finds or makes a child without regard to the budget. */
static struct segment_node *child_beyond_budget(struct lane *lane,
                                                const struct segment_node *parent,
                                                uint64_t function, uint64_t call_site) {
    struct segment_node *node = lookup_find(lane, parent, function, call_site);
    if (node != NULL)
        return node;
    const bool has_room = lookup_has_last_room(lane);
    if (!has_room)
        node = find_in_blocks(lane, tree_index(parent), function, call_site);
    if (node == NULL)
        node = tree_add(lane, tree_index(parent), function, call_site);
    if (node != NULL && has_room)
        lookup_put(lane, node_offset(lane, parent), node);
    return node;
}

/* Beyond the budget [truncated] has a child for each caller, in which no calls are counted, and
 * that has a child for each edge. The caller is kept because an inlined function's call site does
 * not identify it. */
static struct segment_node *truncated_child(struct lane *lane, const struct segment_node *parent,
                                            uint64_t function, uint64_t call_site) {
    const struct segment_node *caller =
        child_beyond_budget(lane, lane->root, SEGMENT_FUNCTION_TRUNCATED, 0);
    if (caller != NULL && !is_pseudo(parent))
        caller = child_beyond_budget(lane, caller, parent->function, 0);
    if (caller == NULL)
        return NULL;
    return child_beyond_budget(lane, caller, function, call_site);
}

static bool is_within_budget(const struct lane *lane) {
    return !segment_is_short() &&
           (lane->next_node != lane->end_node ||
            segment_blocks_in_use() * SEGMENT_BLOCK_NODES < segment.header->node_budget);
}

static bool is_truncated(const struct segment_node *node) {
    while (!is_pseudo(node))
        node = tree_node(node->parent);
    return node->function == SEGMENT_FUNCTION_TRUNCATED;
}

struct segment_node *tree_child(struct lane *lane, struct segment_node *parent, uint64_t function,
                                uint64_t call_site) {
    struct segment_node *node = lookup_find(lane, parent, function, call_site);
    if (node != NULL)
        return node;
    const bool has_room = lookup_has_room(lane);
    node = find_on_path(lane, parent, function, call_site);
    if (node == NULL && !is_truncated(parent) && is_within_budget(lane) && has_room) {
        node = add(lane, tree_index(parent), function, call_site, false);
        if (node != NULL)
            node->writer = adaptive_first_level(lane, function, call_site);
    }
    if (node == NULL) {
        node = truncated_child(lane, parent, function, call_site);
        __atomic_add_fetch(&segment.header->losses.truncated, 1, __ATOMIC_RELAXED);
    }
    if (node == NULL) { /* no memory even for that: only the number of such calls is kept */
        __atomic_add_fetch(&segment.header->losses.lost_calls, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    /* If the table has no room, the next call finds the node as this one did. */
    if (lookup_find(lane, parent, function, call_site) == NULL && lookup_has_room(lane))
        lookup_put(lane, node_offset(lane, parent), node);
    return node;
}
