/* SPDX-License-Identifier: MIT */
/*
 * A snapshot's clock: what time it was taken, and how long a tick is. Called by snapshot.c.
 */
#ifndef CINSTR_READER_SNAPSHOT_CLOCK_H
#define CINSTR_READER_SNAPSHOT_CLOCK_H

#include "snapshot.h"

/* Fills in `now` and `ticks_per_second` from the rest of the snapshot. */
void snapshot_read_clock(struct snapshot *snapshot);

#endif
