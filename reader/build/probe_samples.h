/* SPDX-License-Identifier: MIT */
/*
 * Counts for each context how many of the run's own samples (sample=HZ) hit the recorder's code,
 * and how many the program's. Only samples by the threads' CPU clocks count, since those by the
 * wall clock also hit waits. Called by build_profile.c.
 */
#ifndef CINSTR_READER_PROBE_SAMPLES_H
#define CINSTR_READER_PROBE_SAMPLES_H

#include <stdint.h>

#include "build_locations.h"
#include "reader/snapshot/snapshot.h"

struct probe_samples {
    double *own,
        *probes; /* by node: samples on a CPU, in the program's code and in the recorder's */
};

/* NULL with `error` filled: out of memory. */
struct probe_samples *probe_samples_new(const struct snapshot *snapshot,
                                        struct build_locations *locations, struct error *error);
void probe_samples_free(struct probe_samples *samples);

#endif
