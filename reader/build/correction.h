/* SPDX-License-Identifier: MIT */
/*
 * What the probes themselves cost, context by context, to be taken out of the times. Called when a
 * profile is built. The segment keeps raw ticks; this is the only place that corrects them.
 */
#ifndef CINSTR_READER_CORRECTION_H
#define CINSTR_READER_CORRECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/snapshot/snapshot.h"

struct correction {
    /* By node, ticks of its self time: on a CPU for the probes, and without them; and waiting. */
    double *overhead, *on_cpu, *off_cpu;
    double inner, outer;         /* ticks a call: inside the callee's window, in its caller */
    double untimed;              /* a call that is counted only, both together */
    double error, untimed_error; /* one standard deviation of a call's cost */
    double raw_total;            /* ticks below the outermost frames */
    double cpu_total;            /* of which on a CPU, as far as is known */
    double overhead_total;       /* of which the probes' */
    double error_total;          /* one standard deviation of that */
    uint64_t batches;            /* of the loop that this is from */
    uint64_t clamped_contexts;   /* whose reckoned cost was more than all their time */
    double clamped_ticks;        /* by how much */
    bool is_anchored;            /* by the run time of a plain build */
    bool is_timed;               /* any context is: else there is no time to correct */
    uint64_t counted_calls;      /* of contexts that are counted and never timed */
    uint64_t homeless_calls;     /* of those, calls with no timed caller: their time is nowhere */
};

/* `self` is by node, open calls counted; so is `off_cpu`, nanoseconds of it, NULL unknown.
 * `baseline_seconds`: run time of a plain build, 0 unknown. NULL with `error` filled. */
struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  const int64_t *off_cpu, double baseline_seconds,
                                  struct error *error);
void correction_free(struct correction *correction);

#endif
