/* SPDX-License-Identifier: MIT */
/* What cinstr_reset() does to a lane, at the lane's next hook. */
#include "lane_reset.h"

#include <cinstr/segment.h>

#include <stdint.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/segment/columns.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/shadow.h"

void lane_follow_reset(struct lane *lane) {
    uint32_t block = lane->first_block;

    while (block != 0) {
        const uint32_t first = (block - 1) * SEGMENT_BLOCK_NODES;
        for (uint32_t i = 0; i < segment.blocks[block - 1].count; i++) {
            struct segment_node *node = tree_node(first + i);
            node->calls = node->callee_returns = node->self = node->total = 0;
            columns_clear(first + i);
        }
        block = tree_block_next[block - 1];
    }
    shadow_carry(lane, (struct segment_node *)shadow_base(lane)->node, clock_ticks());
    lane->info->carried = (uint64_t)(lane->top - shadow_base(lane));
    lane->info->unmatched_exits = 0;
    lane->info->late_node = 0;
    lane->info->start_ticks = clock_ticks();
    lane->info->start_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    lane->epoch = process_reset_epoch;
    __atomic_store_n(&lane->info->reset_epoch, lane->epoch, __ATOMIC_RELEASE);
}
