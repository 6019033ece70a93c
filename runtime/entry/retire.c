/* SPDX-License-Identifier: MIT */
/*
 * The end of a thread: its trees are added into lane 0, and their memory is used again. Runs in the
 * thread itself, as late as a thread-specific destructor can.
 */
#include <limits.h>
#include <pthread.h>

#include "runtime/base/clock.h"
#include "runtime/process/process.h"
#include "runtime/tree/duration.h"

static pthread_key_t key;
static bool key_made;
static struct lane *ended; /* lane 0 */

static void add_node(struct segment_node *to, struct segment_node *from) {
    to->calls += from->calls; /* NOLINT(clang-analyzer-core.NullDereference): lane 0 has a root */
    to->callee_returns += from->callee_returns;
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

/* Nodes lie in a lane's blocks in the order in which they were made: parents first. A handler's
 * lane hangs below nodes of the lane that it interrupted. */
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
    hook_loop_add(&to->probes, &from->probes);
    to->threads += from->kind == SEGMENT_LANE_THREAD;
}

static void close_lane(struct lane *lane, uint64_t now) {
    if (lane->info->kind == SEGMENT_LANE_SIGNAL && cinstr1_self == lane)
        lane_leave(lane, now);
    shadow_unwind(lane, shadow_base(lane), now);
    duration_settle(lane);
    if (lane->pending & LANE_PENDING_DEFERRED) {
        lane->deferred_parent->self -= lane->deferred_ticks;
        lane->root->self += lane->deferred_ticks;
    }
}

void retire_thread(struct lane *thread) {
    const uint64_t now = clock_ticks();

    for (struct lane *lane = thread; lane != NULL; lane = lane->sibling)
        close_lane(lane, now);
    process_lock();
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
    sampler_detach();
    cpu_time_detach(lane);
    cinstr1_self = lane_sentinel();
    retire_thread(lane);
}

void retire_watch(struct lane *lane) {
    /* A key beyond the first 32 makes pthread_setspecific() allocate, which a hook must not. */
    if (key_made && key < 32)
        pthread_setspecific(key, lane);
}

void retire_init(void) {
    if (!key_made)
        key_made = pthread_key_create(&key, thread_ends) == 0;
    ended = lane_new(SEGMENT_LANE_ENDED, 0, 0, NULL);
}
