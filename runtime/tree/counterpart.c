/* SPDX-License-Identifier: MIT */
/*
 * A thread's own nodes are freed when it ends, while the memory that it allocated and its events
 * in a trace remain. These refer to the counterpart: the node of the same context in lane 0. It is
 * made when first needed, and the thread's node points to it (`merged`), as after a merge.
 */
#include "counterpart.h"

#include <cinstr/segment.h>

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

#include "context_tree.h"
#include "places.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"

struct segment_node *shadow_current(const struct lane *lane) {
    const uint64_t size = segment_count(SEGMENT_SECTION_NODES);
    uint64_t node;
    if (!lane->ready || lane->is_loop)
        return NULL;
    if (places_in_use && lane == cinstr1_self && slot_is_own(lane, cinstr1_slot))
        return tree_node(slot_info(cinstr1_slot)->node);
    node = lane->top->node != 0 ? lane->top->node : lane->top[-1].node;
    return node - (uintptr_t)segment.nodes < size * sizeof(struct segment_node)
               ? (struct segment_node *)node
               : NULL;
}

/* The highest of the node and its ancestors that has no counterpart. */
static struct segment_node *first_without(struct segment_node *node) {
    for (;;) {
        struct segment_node *parent = tree_node(node->parent);
        if (node->parent == 0 || parent->merged != 0)
            return node;
        node = parent;
    }
}

/* Under the process lock. */
static uint32_t make_counterpart(struct segment_node *node) {
    struct lane *ended = lane_at(0);
    while (node->merged == 0) {
        struct segment_node *next = first_without(node);
        struct segment_node *made =
            next->function == SEGMENT_FUNCTION_ROOT
                ? ended->root
                : tree_child(ended, tree_node(tree_node(next->parent)->merged), next->function,
                             next->call_site);
        if (made == NULL)
            made = ended->root; /* tree_child() has counted the loss */
        __atomic_store_n(&next->merged, tree_index(made), __ATOMIC_RELEASE);
    }
    return node->merged;
}

/* Gives up after a while: a handler may have interrupted the holder of the lock. */
uint32_t counterpart_find(struct segment_node *node) {
    uint32_t made = __atomic_load_n(&node->merged, __ATOMIC_ACQUIRE);
    for (int tries = 0; made == 0 && tries < 1000; tries++) {
        if (process_try_lock()) {
            made = make_counterpart(node);
            process_unlock();
        } else {
            sched_yield();
        }
    }
    return made;
}

uint32_t counterpart_of_thread(void) {
    struct segment_node *node = shadow_current(cinstr1_self);
    uint32_t made;
    if (node == NULL)
        return tree_index(lane_at(0)->root);
    made = __atomic_load_n(&node->merged, __ATOMIC_ACQUIRE);
    if (LIKELY(made != 0))
        return made;
    process_lock();
    made = make_counterpart(node);
    process_unlock();
    return made;
}
