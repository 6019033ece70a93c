/* SPDX-License-Identifier: MIT */
/*
 * What the hooks cost where they are: a random few entries are timed from outside, in the running
 * program, with its own cache misses and mispredicted branches.
 *
 * The usual path of an exit picks about one in 1024 by its time stamp's bits, and sends the next
 * hook to the slow path. If that is an entry, the slow path reads the clock and lets the usual path
 * run again; from there to the frame's own stamp is what the entry takes. The hook after it goes
 * the slow way once more, to take the figure down. If it is an exit, nothing is timed: to wait for
 * the next entry would send all exits of a deep recursion the slow way.
 *
 * Once in 64 of these the same hooks are run in a tight loop as well (hook_loop.c): what they cost
 * at their best at this time, timed in the same way. What the figures mean together is the reader's
 * to say (reader/correction.c, which goes by the loop alone).
 */
#include "clock.h"
#include "process.h"

/* A preempted hook says nothing of hooks: such outliers are left out. */
#define OUTLIER_TICKS 20000u

#define LOOP_PROBES 64u

void cinstr_probe_next(struct lane *lane) {
    if (lane->is_loop)
        return;
    lane->pending |= LANE_PENDING_PROBE;
    lane->full = 0;
    lane->span = 0;
}

void probe_drop(struct lane *lane) {
    lane->pending &= ~(uint32_t)LANE_PENDING_PROBE;
}

void probe_entered(struct lane *lane) {
    struct segment_probe_sums *sums = &lane->info->probes;
    const uint64_t ticks = lane->top->start - lane->probe_start;

    lane->pending &= ~(uint32_t)LANE_PENDING_PROBED;
    /* More, when the usual path was not taken after all. */
    if (ticks >= OUTLIER_TICKS)
        return;
    sums->enters++;
    sums->enter_ticks += ticks;
    if (sums->enters % LOOP_PROBES == 0)
        hook_loop_again(sums);
}

void probe_add(struct segment_probe_sums *to, const struct segment_probe_sums *from) {
    uint64_t *sum = (uint64_t *)to;
    const uint64_t *value = (const uint64_t *)from;

    for (size_t i = 0; i < sizeof *to / sizeof *sum; i++)
        sum[i] += value[i];
}
