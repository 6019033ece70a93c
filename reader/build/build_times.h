/* SPDX-License-Identifier: MIT */
/*
 * How long each context took: ticks as recorded, calls that are still open counted up to the
 * snapshot, and what of it was the probes' own. Called by build_*.c alone.
 */
#ifndef CINSTR_READER_BUILD_TIMES_H
#define CINSTR_READER_BUILD_TIMES_H

#include <stdint.h>

#include "correction.h"
#include "reader/snapshot/snapshot.h"

struct build_times {
    int64_t *self;    /* by node: ticks in it and not in its children, probes included */
    int64_t *off_cpu; /* by node: nanoseconds of that not on a CPU; NULL when not recorded */
    struct correction *correction;
};

int build_times_init(struct build_times *times, const struct snapshot *snapshot,
                     double baseline_seconds, struct error *error);
void build_times_free(struct build_times *times);

#endif
