/* SPDX-License-Identifier: MIT */
/*
 * Where allocations and waits are charged (charge.h). A thread's own nodes go when it ends, while
 * what it allocated may live on and be freed by another: so charges go to lane 0, where the same
 * context has a counterpart that stays. It is made when first needed, and the thread's node points
 * to it (`merged`), as it does when the thread is merged.
 *
 * From there, a table leads to the node of the call: (counterpart, call site, function). Entries
 * are only ever added, under the process lock, and read without it. The kernel empties the table in
 * a fork child, whose lane 0 is another.
 */
#include "charge.h"

#include <sched.h>
#include <sys/mman.h>

#include "runtime/base/wiped.h"
#include "runtime/process/process.h"

#define TABLE_BITS 18u
#define TABLE_SIZE (1u << TABLE_BITS)
#define PROBES     16u /* a call that lies farther away is looked up in the tree each time */

static struct charge_entry {
    uint64_t function;
    uint64_t call_site;
    uint32_t parent;
    uint32_t node; /* set last; 0: free */
} * table;

static bool is_any;
static __thread bool is_own_work __attribute__((tls_model("initial-exec")));

void charge_init(void) {
    const size_t size = TABLE_SIZE * sizeof *table;

    if (options.heap == 0 && options.block == BLOCK_OFF && !options.mutex)
        return;
    segment.header->heap.period = options.heap;
    segment.header->sampling.stacks = sampler_unwinds;
    is_any = false;
    if (table != NULL) { /* a fork child; where the kernel cannot wipe, this does */
        madvise(table, size, MADV_DONTNEED);
        return;
    }
    table = wiped_map(size);
}

bool charge_is_any(void) {
    return is_any;
}

bool charge_own_work(bool is_own) {
    const bool was = is_own_work;

    is_own_work = is_own;
    return was;
}

/* --- counterparts -------------------------------------------------------------------------------
 */

/* Its highest ancestor that has none, or itself. */
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

/* A handler may have interrupted whoever holds the lock: then it is never had. */
uint32_t charge_counterpart(struct segment_node *node) {
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

/* Of the context that the calling thread is in; a thread without calls is at the root. */
static uint32_t counterpart(void) {
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

/* --- nodes of calls -----------------------------------------------------------------------------
 */

static struct charge_entry *slot_of(uint32_t parent, uint64_t function, uint64_t call_site) {
    const uint64_t key = (call_site << 20 ^ function ^ (uint64_t)parent << 42) + parent;

    return &table[key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TABLE_BITS)];
}

static struct charge_entry *next_slot(struct charge_entry *slot) {
    return slot + 1 < table + TABLE_SIZE ? slot + 1 : table;
}

/* Its entry, or a free one to put it in, or NULL. */
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

static bool is_recording(void) {
    return process_state == PROCESS_UP && (process_recording || sampler_unwinds) && table != NULL &&
           !is_own_work && !process_is_forked();
}

static void follow_reset(void) {
    process_lock();
    if (lane_at(0)->epoch != process_reset_epoch)
        lane_follow_reset(lane_at(0));
    process_unlock();
}

/* In a program without hooks all nodes are return addresses, and so is this one taken for one. */
static uint32_t charge_node(uintptr_t function, uintptr_t call_site) {
    const uint64_t tag = modules_tag();
    uint32_t node;

    if (!is_recording())
        return 0;
    if (UNLIKELY(lane_at(0)->epoch != process_reset_epoch))
        follow_reset();
    node = sampler_unwinds ? charge_child(charge_stack(call_site), tag | (function + 1), 0)
                           : charge_child(counterpart(), tag | function, call_site);
    if (tree_node(node)->is_charge == 0 && tree_node(node)->function != SEGMENT_FUNCTION_ROOT)
        tree_node(node)->is_charge = 1;
    return node;
}

/* --- the rest of charge.h -----------------------------------------------------------------------
 */

static uint64_t *charge_column(const char *name) {
    process_start(); /* the caller's constructor may be earlier than ours */
    return process_state == PROCESS_UP ? segment_column(name) : NULL;
}

static uint64_t heap_period(void) {
    return options.heap;
}

static bool wants_io(void) {
    return options.block == BLOCK_IO;
}

static void heap_lost(void) {
    __atomic_add_fetch(&segment.header->heap.lost, 1, __ATOMIC_RELAXED);
}

const struct charge_recorder cinstr_charge_recorder = {
    .node = charge_node,
    .column = charge_column,
    .find_by_stacks = charge_stacks,
    .heap_period = heap_period,
    .wants_io = wants_io,
    .heap_lost = heap_lost,
    .ticks = trace_ticks,
    .trace_wait = trace_wait,
    .trace_heap = trace_heap,
};
