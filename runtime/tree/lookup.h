/* SPDX-License-Identifier: MIT */
/*
 * Where a call leads to: from a node, over an edge, to a child or, since recursion is folded, back
 * to an ancestor. Two stages, both a lane's own:
 *
 *   memo     by edge, no matter from which node: the transition last taken over it. Most calls of
 *            an edge come from the context that its last call came from, and the memo's slot is
 *            known before the caller's node is: calls do not wait for one load after another.
 *   lookup   every transition that the lane has met
 *
 * Rejected: a cache of the last children in each node. It was right for half of the calls of real
 * programs where the memo is for 55 to 90 of a hundred, and random callees made it mispredict.
 *
 * Included by the hooks and by context_tree.c, which fills the table. Called within hook_begin().
 */
#ifndef CINSTR_RUNTIME_LOOKUP_H
#define CINSTR_RUNTIME_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

static inline bool is_node(const struct segment_node *node, uint64_t function, uint64_t call_site) {
    return node->call_site == call_site && node->function == function;
}

/* Entries of the memo, 16 bytes each; a power of two. A lane begins with the smaller number. */
#define MEMO_FIRST UINT32_C(64)
#define MEMO_FULL  UINT32_C(1024)

static inline void memo_use(struct lane *lane, struct lane_memo *memo, uint32_t entries) {
    lane->memo = memo;
    lane->memo_mask = (uint32_t)((entries - 1) * sizeof(*memo));
}

static inline uint32_t memo_entries(const struct lane *lane) {
    return lane->memo_mask / (uint32_t)sizeof(*lane->memo) + 1;
}

/* Function addresses are multiples of 16, like the offsets of entries; call sites are not. */
static inline struct lane_memo *memo_slot(const struct lane *lane, uint64_t function,
                                          uint64_t call_site) {
    const uint64_t offset = call_site * sizeof(struct lane_memo) + function;
    return (struct lane_memo *)((char *)lane->memo + ((uint32_t)offset & lane->memo_mask));
}

static inline struct segment_node *memo_find(const struct lane *lane,
                                             const struct segment_node *parent, uint64_t function,
                                             uint64_t call_site) {
    const struct lane_memo *memo = memo_slot(lane, function, call_site);
    return LIKELY(memo->parent == parent && is_node(memo->node, function, call_site)) ? memo->node
                                                                                      : NULL;
}

/* An entry is (parent's node offset << 32 | node offset), 0 when free; open addressing, linear
 * probing. */
static inline uint64_t lookup_slot(const struct lane *lane, uint32_t parent, uint64_t function,
                                   uint64_t call_site) {
    const uint64_t key = call_site ^ (function << 21) ^ ((uint64_t)parent << 34);
    return (key * UINT64_C(0x9e3779b97f4a7c15)) >> lane->lookup_shift;
}

static inline struct segment_node *lookup_find(const struct lane *lane,
                                               const struct segment_node *parent_node,
                                               uint64_t function, uint64_t call_site) {
    const uint32_t parent = node_offset(lane, parent_node);
    const uint64_t mask = (UINT64_C(1) << (64 - lane->lookup_shift)) - 1;
    uint64_t slot = lookup_slot(lane, parent, function, call_site);
    uint64_t entry;
    while ((entry = lane->lookup[slot]) != 0) {
        struct segment_node *node = node_at(lane, (uint32_t)entry);
        if ((uint32_t)(entry >> 32) == parent && is_node(node, function, call_site))
            return node;
        slot = (slot + 1) & mask;
    }
    return NULL;
}

/* Makes room for one more transition. False: there is none. The table is at most half full as long
 * as it can grow, so that probing is short. */
bool lookup_has_room(struct lane *lane);
/* The same for edges, which may use what contexts must leave when memory is short. */
bool lookup_has_last_room(struct lane *lane);
/* Adds a transition that the table does not hold. There must be room for it. */
void lookup_put(struct lane *lane, uint32_t parent, const struct segment_node *node);

/* Finds a transition that the memo does not hold, and puts it there. NULL: it was never taken. */
static inline struct segment_node *transition_find(struct lane *lane, struct segment_node *parent,
                                                   uint64_t function, uint64_t call_site) {
    struct segment_node *node = lookup_find(lane, parent, function, call_site);
    if (LIKELY(node != NULL)) {
        struct lane_memo *memo = memo_slot(lane, function, call_site);
        memo->parent = parent;
        memo->node = node;
    }
    return node;
}

#endif
