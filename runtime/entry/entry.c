/* SPDX-License-Identifier: MIT */
/*
 * How the slow path of a hook begins: it finds the lane that the hook belongs to, and does what is
 * pending there.
 */
#include "entry.h"

#include <stddef.h>
#include <stdint.h>

#include "fork.h"
#include "lane_reset.h"
#include "lane_select.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/state.h"
#include "runtime/tree/cpu_time.h"
#include "threads.h"

static void settle_deferred(struct lane *lane) {
    lane->deferred_parent->self -= lane->deferred_ticks;
    lane->root->self += lane->deferred_ticks;
    lane->deferred_ticks = 0;
    lane->pending &= ~(uint32_t)LANE_PENDING_DEFERRED;
}

static void settle(struct lane *lane) {
    if (lane->pending & LANE_PENDING_DEFERRED)
        settle_deferred(lane);
    if (UNLIKELY(lane->epoch != process_reset_epoch))
        lane_follow_reset(lane);
}

struct lane *lane_for_hook(uintptr_t sp) {
    struct lane *lane;
    if (process_state != PROCESS_UP)
        return NULL;
    if (process_is_forked() && !process_after_fork(sp))
        return NULL;
    lane = cinstr1_self;
    if (!lane->ready) {
        if (!process_recording || lane_is_lost(lane) || (lane = lane_attach(sp)) == NULL)
            return NULL;
    }
    lane = lane_select(lane, sp);
    if (lane == NULL)
        return NULL;
    hook_begin(lane, sp);
    if (cinstr1_self != lane)
        cpu_time_resume(lane);
    cinstr1_self = lane;
    settle(lane);
    return lane;
}
