/* SPDX-License-Identifier: MIT */
/*
 * A snapshot's clock (see snapshot_clock.h). All processes of a machine have the same counter. So
 * on the machine that wrote the segment, and since it was started, this process's own readings
 * continue the segment's, and the tick is measured over all the time in between.
 */
#include "snapshot_clock.h"

#include <time.h>

#include "liveness.h"

static uint64_t monotonic_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Reads the clock of the segment's ticks; 0 where this machine does not have it. */
static uint64_t read_ticks(uint32_t clock) {
    if (clock == SEGMENT_CLOCK_MONOTONIC)
        return monotonic_ns();
#if defined(__x86_64__)
    if (clock == SEGMENT_CLOCK_TSC)
        return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    if (clock == SEGMENT_CLOCK_CNTVCT)
        return ticks;
#endif
    return 0;
}

/* Ticks a second from two readings of both clocks; 0 when they are too close together: a reading
 * is uncertain by some 50 ns. */
static double rate_between(const struct segment_clock_pair *from,
                           const struct segment_clock_pair *to) {
    const uint64_t least_ns = 50000;
    if (to->monotonic_ns < from->monotonic_ns + least_ns || to->ticks <= from->ticks)
        return 0;
    return (double)(to->ticks - from->ticks) * 1e9 /
           (double)(to->monotonic_ns - from->monotonic_ns);
}

/* Ticks in those calls of a lane that have ended: the lane lived at least so long. With
 * timing=adaptive they are an estimate and prove nothing. */
static uint64_t ended_ticks(const struct snapshot *snapshot, const struct snapshot_lane *lane) {
    const uint32_t root = lane->info.root;
    if (snapshot->header.state == SEGMENT_EXITED ||
        snapshot->header.timing != SEGMENT_TIMING_EXACT || lane->info.kind != SEGMENT_LANE_THREAD ||
        root == 0 || root >= snapshot->node_count)
        return 0;
    const uint64_t self = snapshot->nodes[root].self;
    return (int64_t)self < 0 ? 0 - self : self;
}

/* The latest moment at which a dead process was surely alive. One that called exit() says when.
 * A thread that ran until it was killed shows it only by the time of its calls, and none of them
 * can have lasted beyond `own`, the present by the same clock. */
static uint64_t last_ticks(const struct snapshot *snapshot, uint64_t own) {
    uint64_t last = snapshot->header.latest.ticks;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct snapshot_lane *lane = &snapshot->lanes[i];
        const uint64_t ended = ended_ticks(snapshot, lane);
        if (lane->info.start_ticks > last)
            last = lane->info.start_ticks;
        if (lane->info.start_ticks < own && ended < own - lane->info.start_ticks &&
            lane->info.start_ticks + ended > last)
            last = lane->info.start_ticks + ended;
        for (uint32_t k = 0; k < lane->frame_count; k++) {
            if (lane->frames[k].start > last)
                last = lane->frames[k].start;
        }
    }
    return last;
}

void snapshot_read_clock(struct snapshot *snapshot) {
    const struct segment_header *header = &snapshot->header;
    struct segment_clock_pair own = {read_ticks(header->clock), monotonic_ns()};
    double rate = 0;
    if (header->clock == SEGMENT_CLOCK_MONOTONIC)
        rate = 1e9;
    else if (own.ticks != 0 && liveness_is_this_boot(header))
        rate = rate_between(&header->start, &own);
    if (rate <= 0)
        rate = rate_between(&header->start, &header->latest);
    if (rate <= 0)
        rate = header->ticks_per_second_hint != 0 ? (double)header->ticks_per_second_hint : 1e9;
    snapshot->ticks_per_second = rate;

    snapshot->now = own;
    if (!snapshot->is_live || own.ticks == 0 || !liveness_is_this_boot(header)) {
        snapshot->now.ticks =
            last_ticks(snapshot, liveness_is_this_boot(header) ? own.ticks : UINT64_MAX / 2);
        snapshot->now.monotonic_ns =
            header->start.monotonic_ns +
            snapshot_ns(snapshot, (double)snapshot_ticks_since(snapshot, header->start.ticks));
    }
}
