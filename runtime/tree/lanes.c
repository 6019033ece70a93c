/* SPDX-License-Identifier: MIT */
/*
 * Makes lanes and frees them. A lane's hot state lies in the pool (lane_pool.c), its frames,
 * nodes and numbers in the segment.
 *
 * Async-signal-safe: a thread's first hook may come in a handler.
 */
#include "lanes.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context_tree.h"
#include "lookup.h"
#include "places.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "shadow.h"
#include "trace_chunks.h"
#include "trace_ring.h"

/* What a lane begins with, in one page. Many lanes never need more. */
#define FIRST_FRAMES  64u
#define FIRST_ENTRIES 64u
struct first_page {
    struct segment_frame frames[FIRST_FRAMES];
    uint64_t lookup[FIRST_ENTRIES];
    struct lane_memo memo[MEMO_FIRST];
};
_Static_assert(sizeof(struct first_page) == 4096, "a page");

static void init_first_page(struct lane *lane, struct first_page *page) {
    struct segment_frame *base = page->frames;
    memo_use(lane, page->memo, MEMO_FIRST);
    lane->lookup = page->lookup;
    lane->lookup_shift = 58; /* 64 - log2(FIRST_ENTRIES) */
    lane->lookup_used = 0;
    lane->top = base;
    lane->limit = base + FIRST_FRAMES - 2;
    lane->info->frames = (uint64_t)((char *)page - segment.base);
    lane->info->frame_capacity = FIRST_FRAMES;
    base->sp = UINTPTR_MAX;
    lane->first_page = page;
}

/* Other threads may set `full` to 0 at any time. */
static void clear(struct lane *lane) {
    memset(lane, 0, offsetof(struct lane, full));
    lane_wake(lane);
    memset(&lane->top, 0, sizeof(*lane) - offsetof(struct lane, top));
}

static void init_info(struct lane *lane, uint32_t kind) {
    struct segment_lane *info = lane->info;
    const uint32_t generation = info->generation;
    memset(info, 0, sizeof(*info));
    info->generation = generation + 1;
    info->kind = kind;
    if (kind != SEGMENT_LANE_ENDED && sandbox_allows(SYS_gettid))
        info->tid = (uint32_t)syscall(SYS_gettid);
    info->reset_epoch = process_reset_epoch;
    info->start_ticks = clock_ticks();
    if (kind != SEGMENT_LANE_ENDED && sandbox_allows(SYS_prctl))
        prctl(PR_GET_NAME, info->thread_name);
}

static bool init_tree(struct lane *lane, uint32_t kind) {
    struct first_page *page = segment_take_last_heap(sizeof(*page));
    if (page == NULL)
        return false;
    init_info(lane, kind);
    init_first_page(lane, page);
    lane->nodes = segment.nodes;
    lane->root = tree_add(lane, 0, SEGMENT_FUNCTION_ROOT, 0);
    if (lane->root == NULL)
        return false;
    lane->info->root = tree_index(lane->root);
    shadow_base(lane)->node = (uintptr_t)lane->root;
    return true;
}

/* NULL where the segment has no such column. */
static void init_columns(struct lane *lane) {
    lane->instructions =
        segment.instructions - (uintptr_t)segment.nodes / sizeof(struct segment_node);
    lane->min = segment.min;
    lane->max = segment.max;
    lane->histogram = segment.histogram;
    lane->timed_calls = segment.timed_calls;
    lane->variance = segment.variance;
}

static void count_lost_lane(void) {
    __atomic_add_fetch(&segment.header->losses.lanes, 1, __ATOMIC_RELAXED);
}

/* What is left of a lane for which there was no memory. */
static void give_up(struct lane *lane) {
    count_lost_lane();
    if (!process_try_lock())
        return;
    if (lane->first_page != NULL)
        segment_give_heap(lane->first_page, sizeof(struct first_page));
    segment_give_lane(lane->index);
    process_unlock();
}

struct lane *lane_new(uint32_t kind, uintptr_t high, uintptr_t bound, struct lane *outer) {
    const uint32_t index = lane_pool_is_there() ? segment_take_lane() : UINT32_MAX;
    struct lane *lane;
    if (index == UINT32_MAX) {
        count_lost_lane();
        return NULL;
    }
    lane = lane_at(index);
    clear(lane);
    lane->index = index;
    lane->info = &segment.lanes[index];
    if (!init_tree(lane, kind)) {
        give_up(lane);
        return NULL;
    }
    lane->high = high;
    lane->bound = bound;
    lane->outer = outer;
    lane->thread = outer == NULL ? lane : outer->thread;
    lane->epoch = lane->info->reset_epoch;
    lane->switch_word = &lane->switch_seen;
    lane->random = (uint32_t)clock_ticks() | 1;
    init_columns(lane);
    places_renew(lane);
    trace_attach(lane);
    lane->ready = 1;
    __atomic_store_n(&lane->info->state, SEGMENT_LANE_USED, __ATOMIC_RELEASE);
    return lane;
}

void lane_free(struct lane *lane) {
    const uint32_t index = lane->index;
    uint32_t block = lane->first_block;
    const uint64_t entries = UINT64_C(1) << (64 - lane->lookup_shift);
    const uint64_t frames = lane->info->frame_capacity;
    trace_detach(lane);
    places_free(lane);
    __atomic_store_n(&lane->info->state, SEGMENT_LANE_FREE, __ATOMIC_RELEASE);
    if (entries > FIRST_ENTRIES)
        segment_give_heap(lane->lookup, entries * sizeof(*lane->lookup));
    if (memo_entries(lane) > MEMO_FIRST)
        segment_give_heap(lane->memo, memo_entries(lane) * sizeof(*lane->memo));
    if (frames > FIRST_FRAMES)
        segment_give_heap(shadow_base(lane), frames * sizeof(struct segment_frame));
    if (lane->first_page != NULL)
        segment_give_heap(lane->first_page, sizeof(struct first_page));
    while (block != 0) {
        const uint32_t next = tree_block_next[block - 1];
        segment_give_block(block - 1);
        block = next;
    }
    clear(lane);
    segment_give_lane(index);
}
