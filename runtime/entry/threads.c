/* SPDX-License-Identifier: MIT */
/*
 * The beginning and the end of a thread. At its first hook it gets a lane. At its end its trees are
 * added to lane 0 and their memory is freed. The thread does that itself, in a thread-specific
 * destructor, as late as it can.
 */
#include "threads.h"

#include <cinstr/segment.h>

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lane_reset.h"
#include "lane_select.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/signals.h"
#include "runtime/base/state.h"
#include "runtime/sample/sampler.h"
#include "runtime/segment/columns.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/duration.h"
#include "runtime/tree/lanes.h"
#include "runtime/tree/places.h"
#include "runtime/tree/probe_sums.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/stacks.h"

static pthread_key_t key;
static bool key_made;
static struct lane *ended; /* lane 0 */

enum { MOST_KEPT = 256 };
static uint32_t kept; /* threads that have ended, with lanes of their own */

static void add_node(struct segment_node *to, struct segment_node *from) {
    to->calls += from->calls; /* NOLINT(clang-analyzer-core.NullDereference): lane 0 has a root */
    to->callee_returns += from->callee_returns;
    if (from->kind == SEGMENT_NODE_COUNTED)
        to->kind = from->kind;
    to->self += from->self;
    to->total += from->total;
    columns_add(tree_index(to), tree_index(from));
}

static struct segment_node *merge_target(struct segment_node *node) {
    if (node->function == SEGMENT_FUNCTION_ROOT)
        return ended->root;
    return tree_child(ended, tree_node(tree_node(node->parent)->merged), node->function,
                      node->call_site);
}

/* Nodes lie in a lane's blocks in the order in which they were made: parents first. The parents in
 * a handler's lane may be nodes of the lane that it interrupted, so that one is merged first. */
static void merge_tree(struct lane *lane) {
    if (lane->is_merged)
        return;
    lane->is_merged = true;
    if (lane->outer != NULL)
        merge_tree(lane->outer);
    for (uint32_t block = lane->first_block; block != 0; block = tree_block_next[block - 1]) {
        struct segment_node *node = tree_node((block - 1) * SEGMENT_BLOCK_NODES);
        const uint32_t count = segment.blocks[block - 1].count;

        for (uint32_t i = 0; i < count; i++, node++) {
            struct segment_node *target = merge_target(node);
            if (target == NULL)
                target = ended->root; /* tree_child() has counted the loss */
            node->merged = tree_index(target);
            add_node(target, node);
        }
    }
}

static void merge_info(const struct segment_lane *from) {
    struct segment_lane *to = ended->info;
    to->carried += from->carried;
    to->unmatched_exits += from->unmatched_exits;
    probe_sums_add(&to->probes, &from->probes);
    to->threads += from->kind == SEGMENT_LANE_THREAD;
}

static void close_lane(struct lane *lane, uint64_t now) {
    if (lane->info->kind == SEGMENT_LANE_SIGNAL && cinstr1_self == lane)
        lane_leave(lane, now);
    if (lane_in_hook(lane))
        shadow_repair(lane);
    shadow_unwind(lane, shadow_base(lane), now);
    duration_settle(lane);
    if (lane->pending & LANE_PENDING_DEFERRED) {
        lane->deferred_parent->self -= lane->deferred_ticks;
        lane->root->self += lane->deferred_ticks;
    }
}

/* by_thread=1: the tree of a thread that ends is kept, unless there are many. Under the lock. */
static bool keep_thread(struct lane *thread) {
    if (!options.by_thread || kept == MOST_KEPT ||
        segment_blocks_in_use() * SEGMENT_BLOCK_NODES >= segment.header->node_budget / 2)
        return false;
    kept++;
    for (struct lane *lane = thread; lane != NULL; lane = lane->sibling) {
        if (sandbox_allows(SYS_prctl))
            prctl(PR_GET_NAME, lane->info->thread_name);
        __atomic_store_n(&lane->info->state, SEGMENT_LANE_KEPT, __ATOMIC_RELEASE);
    }
    return true;
}

static void retire_thread(struct lane *thread) {
    const uint64_t now = clock_ticks();
    for (struct lane *lane = thread; lane != NULL; lane = lane->sibling)
        close_lane(lane, now);
    process_lock();
    if (keep_thread(thread)) {
        process_unlock();
        return;
    }
    __atomic_add_fetch(&segment.header->merge_sequence, 1, __ATOMIC_SEQ_CST);
    if (ended->epoch != process_reset_epoch)
        lane_follow_reset(ended);
    for (struct lane *lane = thread; lane != NULL; lane = lane->sibling) {
        if (lane->epoch != process_reset_epoch)
            lane_follow_reset(lane);
        merge_tree(lane);
        merge_info(lane->info);
    }
    for (struct lane *lane = thread, *next; lane != NULL; lane = next) {
        next = lane->sibling;
        lane_free(lane);
    }
    __atomic_add_fetch(&segment.header->merge_sequence, 1, __ATOMIC_SEQ_CST);
    process_unlock();
}

/* Other destructors may still call instrumented functions: wait for the last round of them. What
 * they call after that makes a new lane, which stays until the process ends. */
static void thread_ends(void *value) {
    struct lane *lane = value;
    if (process_is_forked() || !lane->ready || ++lane->rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1) {
        if (!process_is_forked() && lane->ready)
            pthread_setspecific(key, lane);
        return;
    }
    const signals_mask mask = signals_block(); /* what a handler calls makes a new lane, too */
    sampler_detach();
    cpu_time_detach(lane);
    cinstr1_self = lane_sentinel();
    cinstr1_slot = &cinstr1_no_slot;
    retire_thread(lane);
    signals_restore(mask);
}

static void retire_watch(struct lane *lane) {
    /* A key beyond the first 32 makes pthread_setspecific() allocate, which a hook must not. */
    if (key_made && key < 32)
        pthread_setspecific(key, lane);
}

/* Code of gcc's -fsplit-stack keeps the limit of the current piece of the stack at a fixed distance
 * from the thread pointer. */
static void warn_of_split_stacks(void) {
#if defined(__x86_64__)
    static _Atomic bool is_said;
    uintptr_t limit;

    __asm__("mov %%fs:0x70, %0" : "=r"(limit));
    if (limit != 0 && !atomic_exchange(&is_said, true))
        message(
            "-fsplit-stack is not supported: calls on later pieces of a stack get wrong callers");
#endif
}

static struct lane *attach(uintptr_t sp) {
    uintptr_t low, high;
    struct lane *lane;
    warn_of_split_stacks();
    if (!stack_of_thread(sp, &low, &high) && !stack_of_mapping(sp, &low, &high)) {
        low = sp & ~(uintptr_t)0xffff;
        high = low + 0x20000;
    }
    lane = lane_new(SEGMENT_LANE_THREAD, high, high - low, NULL);
    if (lane == NULL) {
        cinstr1_self = lane_lost();
        return NULL;
    }
    lane_find_inner(lane);
    lane->info->start_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    cpu_time_attach(lane);
    cinstr1_self = lane;
    retire_watch(lane);
    sampler_attach(lane);
    return lane;
}

/* Signals are blocked meanwhile, so that a handler's hooks find a complete lane or none. */
struct lane *lane_attach(uintptr_t sp) {
    const signals_mask mask = signals_block();
    struct lane *lane = cinstr1_self->ready ? cinstr1_self : attach(sp);
    signals_restore(mask);
    return lane;
}

void retire_init(void) {
    if (!key_made)
        key_made = pthread_key_create(&key, thread_ends) == 0;
    ended = lane_new(SEGMENT_LANE_ENDED, 0, 0, NULL);
    kept = 0;
}
