/* SPDX-License-Identifier: MIT */
/*
 * How long each context took, as measured: the probes are still included (correction.h takes them
 * out), and open calls count up to the snapshot. Called by build_profile.c, difference.c and
 * verify_segment.c.
 */
#ifndef CINSTR_READER_BUILD_TIMES_H
#define CINSTR_READER_BUILD_TIMES_H

#include <stdint.h>

#include "reader/snapshot/snapshot.h"

struct build_times {
    int64_t *self;    /* by node: ticks in it without its children, probes included */
    int64_t *off_cpu; /* by node: those of them off the CPU; NULL when not recorded */
};

/* 0, or -1 with `error` filled and nothing to free. */
int build_times_measure(struct build_times *times, const struct snapshot *snapshot,
                        struct error *error);
void build_times_free(struct build_times *times);

#endif
