/* SPDX-License-Identifier: MIT */
/*
 * Checks whether the numbers of a segment are consistent.
 */
#ifndef CINSTR_READER_VERIFY_SEGMENT_H
#define CINSTR_READER_VERIFY_SEGMENT_H

#include <stdint.h>

#include "reader/snapshot/snapshot.h"

/* The invariants: in each lane, calls begun and carried over = calls ended + calls open; self
 * times add up to the time below the root, and fit into the time since it began; in each
 * context, CPU time, waits and probes are the measured time, and none is below 0. Returns the
 * number of violations, each of which is passed to `report` as one line. */
struct snapshot_totals {
    uint64_t calls, exits, unwinds, open, carried;
    uint64_t nodes, lanes;
};
unsigned snapshot_verify(const struct snapshot *snapshot, struct snapshot_totals *totals,
                         void (*report)(void *context, const char *line), void *context);
/* The totals alone. */
void snapshot_sum(const struct snapshot *snapshot, struct snapshot_totals *totals);

#endif
