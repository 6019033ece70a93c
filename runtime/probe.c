/* SPDX-License-Identifier: MIT */
/*
 * What the hooks cost where they are: a random few are timed from outside, in the running program,
 * with its own cache misses and mispredicted branches. A loop at start-up can not know those.
 *
 *   exit    the usual path picks about one in 1024 by its time stamp's bits and reads the clock
 * once more at its end: what follows the stamp is the outer part. entry   that exit then sends the
 * next hook to the slow path. If it is an entry, the slow path reads the clock and lets the usual
 * path run again; from there to the frame's own stamp is the outer part. The hook after it goes the
 * slow way once more, to take the figure down.
 *
 * Both figures hold one reading of the clock; the inner part (from one stamp to the other of an
 * empty function) was calibrated at start-up and is taken from the exit's.
 */
#include "clock.h"
#include "process.h"

/* A preempted hook says nothing of hooks: such outliers are left out, and counted as not timed. */
#define OUTLIER_TICKS 20000u

void cinstr_probe_exit(struct lane *lane, uint64_t exit_ticks) {
    struct segment_probe_sums *sums = &lane->info->probes;
    const uint64_t inner = calibrated_inner_ticks;

    if (exit_ticks < OUTLIER_TICKS) {
        const uint64_t outer = exit_ticks > inner ? exit_ticks - inner : 0;
        sums->exits++;
        sums->exit_inner += inner;
        sums->exit_outer += outer;
        sums->exit_squares += (inner + outer) * (inner + outer);
    }
    lane->pending |= LANE_PENDING_PROBE;
    lane->full = 0;
    lane->span = 0;
}

void probe_entered(struct lane *lane) {
    struct segment_probe_sums *sums = &lane->info->probes;
    const uint64_t outer = lane->top->start - lane->probe_start;

    lane->pending &= ~(uint32_t)LANE_PENDING_PROBED;
    /* Otherwise the usual path was not taken after all. */
    if (outer >= OUTLIER_TICKS)
        return;
    sums->enters++;
    sums->enter_outer += outer;
    sums->enter_squares += outer * outer;
}
