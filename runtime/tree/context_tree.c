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
#include <stdbool.h>
#include <string.h>

#include "lookup.h"
#include "runtime/process/process.h"

uint32_t *tree_block_next;

uint32_t tree_index(const struct segment_node *node) {
    return (uint32_t)(node - (const struct segment_node *)segment.nodes);
}

static bool take_block(struct lane *lane) {
    const uint32_t block = segment_take_block();

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

struct segment_node *tree_add(struct lane *lane, uint32_t parent_index, uint64_t function,
                              uint64_t call_site) {
    struct segment_node *node;

    if (lane->next_node == lane->end_node && !take_block(lane))
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

static void lookup_put(struct lane *lane, uint32_t parent, const struct segment_node *node) {
    const uint64_t mask = (UINT64_C(1) << (64 - lane->lookup_shift)) - 1;
    uint64_t slot = lookup_slot(lane, parent, node->function, node->call_site);

    while (lane->lookup[slot] != 0)
        slot = (slot + 1) & mask;
    lane->lookup[slot] = (uint64_t)parent << 32 | node_offset(lane, node);
    lane->lookup_used++;
}

/* The second lookup table takes a page. */
#define PAGE_BITS    9u
#define PAGE_ENTRIES (UINT64_C(1) << PAGE_BITS)

/* Without memory for it the small one goes on serving. */
static void memo_grow(struct lane *lane) {
    struct lane_memo *memo = segment_take_heap(MEMO_FULL * sizeof *memo);

    if (memo != NULL)
        memo_use(lane, memo, MEMO_FULL);
}

/* At most half full, so that probing stays short and always ends. */
static bool lookup_has_room(struct lane *lane) {
    const uint64_t entries = UINT64_C(1) << (64 - lane->lookup_shift);
    const uint32_t bits = entries < PAGE_ENTRIES ? PAGE_BITS : 65 - lane->lookup_shift;
    uint64_t *old = lane->lookup;
    uint64_t *larger;

    if (lane->lookup_used < entries / 2)
        return true;
    if (memo_entries(lane) == MEMO_FIRST)
        memo_grow(lane);
    larger = segment_take_heap(sizeof *larger << bits);
    if (larger == NULL)
        return lane->lookup_used < entries - 1;
    lane->lookup = larger;
    lane->lookup_shift = 64 - bits;
    lane->lookup_used = 0;
    for (uint64_t i = 0; i < entries; i++) {
        if (old[i] != 0)
            lookup_put(lane, (uint32_t)(old[i] >> 32), node_at(lane, (uint32_t)old[i]));
    }
    /* The first table shares a page with the first frames: see lanes.c. */
    if (entries >= PAGE_ENTRIES && process_try_lock()) {
        segment_give_heap(old, entries * sizeof *old);
        process_unlock();
    }
    return true;
}

static bool remember(struct lane *lane, const struct segment_node *parent,
                     const struct segment_node *node) {
    if (!lookup_has_room(lane))
        return false;
    lookup_put(lane, node_offset(lane, parent), node);
    return true;
}

static bool is_pseudo(const struct segment_node *node) {
    return node->function >> SEGMENT_ADDRESS_BITS == 0;
}

static bool is_own(const struct lane *lane, const struct segment_node *node) {
    return segment.blocks[tree_index(node) / SEGMENT_BLOCK_NODES].lane == lane->index + 1;
}

/* The node of the same edge on the path up from `parent`. The caller is part of the edge: a call
 * site in code without hooks, or that of an inlined call, has several. Only this lane's own nodes:
 * a handler must not touch those of the hook that it interrupted. */
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

/* A child that is found or made whatever the budget. */
static struct segment_node *child_beyond_budget(struct lane *lane,
                                                const struct segment_node *parent,
                                                uint64_t function, uint64_t call_site) {
    struct segment_node *node = lookup_find(lane, parent, function, call_site);

    if (node == NULL && lookup_has_room(lane)) {
        node = tree_add(lane, tree_index(parent), function, call_site);
        if (node != NULL)
            lookup_put(lane, node_offset(lane, parent), node);
    }
    return node;
}

/* Past the budget: below [truncated] one node a caller, which holds no calls, and below that one
 * node an edge. The caller must be kept, since an inlined function's call site does not tell it. */
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
    return lane->next_node != lane->end_node ||
           segment_blocks_in_use() * SEGMENT_BLOCK_NODES < segment.header->node_budget;
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
    node = find_on_path(lane, parent, function, call_site);
    if (node == NULL && !is_truncated(parent) && is_within_budget(lane) && lookup_has_room(lane)) {
        node = tree_add(lane, tree_index(parent), function, call_site);
        if (node != NULL)
            node->writer = adaptive_first_level(lane, function, call_site);
    }
    if (node == NULL) {
        node = truncated_child(lane, parent, function, call_site);
        __atomic_add_fetch(&segment.header->losses.truncated, 1, __ATOMIC_RELAXED);
    }
    if (node != NULL && remember(lane, parent, node))
        return node;
    /* Not even that: the call is counted, and its edge is lost. */
    __atomic_add_fetch(&segment.header->losses.lost_calls, 1, __ATOMIC_RELAXED);
    return NULL;
}
