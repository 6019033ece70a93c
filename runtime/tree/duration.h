/* SPDX-License-Identifier: MIT */
/*
 * histogram=1: shortest, longest and histogram of a context's durations, in columns. Included by
 * the hooks and by the slow path.
 */
#ifndef CINSTR_RUNTIME_DURATION_H
#define CINSTR_RUNTIME_DURATION_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* A duration of 0 is kept as 1, since a minimum of 0 means that there is none yet. */
static inline void duration_add(const struct lane *lane, const struct segment_node *node,
                                uint64_t ticks) {
    const uint64_t index = node_offset(lane, node) / sizeof(*node);
    uint32_t *counts = &lane->histogram[index * SEGMENT_HISTOGRAM_BUCKETS];
    uint32_t *count = &counts[segment_histogram_bucket(ticks)];
    const uint64_t least = ticks | (ticks == 0);
    if (lane->min[index] == 0 || least < lane->min[index])
        lane->min[index] = least;
    if (ticks > lane->max[index])
        lane->max[index] = ticks;
    *count += *count != UINT32_MAX;
}

/* For the usual path. Which count to raise depends on the clock just read, and every load after
 * that store would wait for it (which makes a call half as expensive again). So a duration goes
 * to its columns when the next call ends; until then readers find it in the lane. */
static inline void duration_settle(const struct lane *lane) {
    struct segment_lane *info = lane->info;
    if (info->late_node != 0)
        duration_add(lane, (const struct segment_node *)info->late_node, info->late_ticks);
    info->late_node = 0;
}

static inline void duration_add_late(const struct lane *lane, const struct segment_node *node,
                                     uint64_t ticks) {
    struct segment_lane *info = lane->info;
    if (LIKELY(info->late_node != 0))
        duration_add(lane, (const struct segment_node *)info->late_node, info->late_ticks);
    info->late_ticks = ticks;
    info->late_node = (uintptr_t)node;
}

#endif
