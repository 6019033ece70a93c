/* SPDX-License-Identifier: MIT */
/* What cinstr_reset() does to a lane, at the lane's next hook. */
#include "lane_reset.h"

#include <cinstr/segment.h>

#include <stdint.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/segment/columns.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/shadow.h"

/* Lets the lane's time begin at `start`. No hook of the lane has run since then, but its waits
 * since then count. */
static void count_time_from(struct lane *lane, uint64_t start) {
    const uint64_t paused = lane->paused;
    uint64_t now;
    lane->info->stray_ticks = 0;
    lane->last = start;
    now = cpu_time_now(lane);
    lane->info->start_ticks = now - (lane->paused - paused);
    lane->info->start_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void lane_follow_reset(struct lane *lane) {
    const uint64_t epoch = process_reset_epoch; /* another may come meanwhile */
    const uint64_t reset = __atomic_load_n(&segment.header->reset_ticks, __ATOMIC_RELAXED);
    uint32_t block = lane->first_block;
    shadow_carry(lane, (struct segment_node *)shadow_base(lane)->node, reset);
    lane->info->carried = (uint64_t)(lane->top - shadow_base(lane));
    while (block != 0) {
        const uint32_t first = (block - 1) * SEGMENT_BLOCK_NODES;
        for (uint32_t i = 0; i < segment.blocks[block - 1].count; i++) {
            struct segment_node *node = tree_node(first + i);
            node->calls = node->callee_returns = node->self = node->total = 0;
            columns_clear(first + i);
        }
        block = tree_block_next[block - 1];
    }
    lane->info->unmatched_exits = 0;
    lane->info->late_node = 0;
    count_time_from(lane, reset);
    lane->epoch = epoch;
    __atomic_store_n(&lane->info->reset_epoch, epoch, __ATOMIC_RELEASE);
}
