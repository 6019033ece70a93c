/* SPDX-License-Identifier: MIT */
/*
 * histogram=1: what is kept of each duration beside its sum. Used by the hooks and the slow path,
 * within a hook. The buckets are described in include/cinstr/segment.h.
 */
#ifndef CINSTR_RUNTIME_DURATION_H
#define CINSTR_RUNTIME_DURATION_H

#include "lane.h"

static inline uint32_t duration_bucket(uint64_t ticks) {
    uint32_t octave, bucket;

    if (ticks < 4)
        return (uint32_t)ticks;
    octave = 63u - (uint32_t)__builtin_clzll(ticks);
    bucket = 4 * (octave - 1) + ((uint32_t)(ticks >> (octave - 2)) & 3);
    return bucket < SEGMENT_HISTOGRAM_BUCKETS ? bucket : SEGMENT_HISTOGRAM_BUCKETS - 1;
}

/* A duration of 0 is kept as 1: a minimum of 0 means that there is none yet. */
static inline void duration_add(const struct lane *lane, const struct segment_node *node,
                                uint64_t ticks) {
    const uint64_t index = node_offset(lane, node) / sizeof *node;
    uint32_t *count = &lane->histogram[index * SEGMENT_HISTOGRAM_BUCKETS + duration_bucket(ticks)];
    const uint64_t least = ticks | (ticks == 0);

    if (lane->min[index] == 0 || least < lane->min[index])
        lane->min[index] = least;
    if (ticks > lane->max[index])
        lane->max[index] = ticks;
    *count += *count != UINT32_MAX;
}

#endif
