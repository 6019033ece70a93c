/* SPDX-License-Identifier: MIT */
/*
 * The nodes in lane 0 that calls are charged to. A table leads from (counterpart, call site,
 * function) to the node of the call. Entries are only ever added, under the process lock, and read
 * without it. The kernel empties the table in a fork child, which has a lane 0 of its own.
 */
#include "charge_nodes.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "context_tree.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/base/wiped.h"
#include "runtime/segment/segment_parts.h"

#define TABLE_BITS 18u
#define TABLE_SIZE (1u << TABLE_BITS)
#define PROBES     16u /* a call that would be farther away is looked up in the tree each time */

static struct charge_entry {
    uint64_t function;
    uint64_t call_site;
    uint32_t parent;
    uint32_t node; /* written last; 0: the entry is free */
} * table;

static bool is_any;

void charge_init(void) {
    const size_t size = TABLE_SIZE * sizeof(*table);
    if (options.heap == 0 && options.block == BLOCK_OFF && !options.mutex)
        return;
    segment.header->heap.period = options.heap;
    segment.header->sampling.stacks = process_unwinds;
    is_any = false;
    if (table != NULL) { /* for a fork child on a kernel that cannot wipe */
        madvise(table, size, MADV_DONTNEED);
        return;
    }
    table = wiped_map(size);
}

bool charge_is_any(void) {
    return is_any;
}

bool charge_is_ready(void) {
    return table != NULL;
}

static struct charge_entry *slot_of(uint32_t parent, uint64_t function, uint64_t call_site) {
    const uint64_t key = (call_site << 20 ^ function ^ (uint64_t)parent << 42) + parent;
    return &table[key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TABLE_BITS)];
}

static struct charge_entry *next_slot(struct charge_entry *slot) {
    return slot + 1 < table + TABLE_SIZE ? slot + 1 : table;
}

/* The entry of the call, or a free one for it, or NULL. */
static struct charge_entry *find(uint32_t parent, uint64_t function, uint64_t call_site) {
    struct charge_entry *slot = slot_of(parent, function, call_site);
    for (unsigned i = 0; i < PROBES; i++, slot = next_slot(slot)) {
        if (__atomic_load_n(&slot->node, __ATOMIC_ACQUIRE) == 0 ||
            (slot->parent == parent && slot->function == function && slot->call_site == call_site))
            return slot;
    }
    return NULL;
}

static uint32_t make_node(uint32_t parent, uint64_t function, uint64_t call_site) {
    const struct segment_node *node;
    struct charge_entry *slot;
    process_lock();
    is_any = true;
    slot = find(parent, function, call_site);
    node = tree_child(lane_at(0), tree_node(parent), function, call_site);
    if (node == NULL)
        node = lane_at(0)->root;
    if (slot != NULL && slot->node == 0) {
        slot->parent = parent;
        slot->function = function;
        slot->call_site = call_site;
        __atomic_store_n(&slot->node, tree_index(node), __ATOMIC_RELEASE);
    }
    process_unlock();
    return tree_index(node);
}

uint32_t charge_child(uint32_t parent, uint64_t function, uint64_t call_site) {
    const struct charge_entry *slot = find(parent, function, call_site);
    return slot != NULL && slot->node != 0 ? slot->node : make_node(parent, function, call_site);
}
