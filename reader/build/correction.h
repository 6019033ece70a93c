/* SPDX-License-Identifier: MIT */
/*
 * What the probes themselves cost, context by context, to be taken out of the times. Called when a
 * profile is built. The segment keeps raw ticks; this is the only place that corrects them.
 *
 * Each context is settled by what was measured in it alone: nothing is taken from one to make
 * another's sum fit. Of each, on_cpu + off_cpu + overhead = raw, and none of them is below 0.
 * What was measured and fits in no context is `unplaced`: the others have that much too much.
 */
#ifndef CINSTR_READER_CORRECTION_H
#define CINSTR_READER_CORRECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "probe_costs.h"
#include "reader/snapshot/snapshot.h"

/* Of a context's self time, in ticks. */
struct correction_context {
    double raw;             /* measured, the probes included */
    double overhead;        /* of which the probes took */
    double on_cpu, off_cpu; /* and the program, on a CPU and waiting */
    double excess;          /* what the probes should have cost beyond what there was on a CPU */
    double error;    /* one standard error of on_cpu by the model of the probes' cost: errors of
                        contexts add up, since the model errs in all of them alike */
    double variance; /* timing=adaptive: by chance, in ticks squared: variances add up */
    bool is_timed;   /* else nothing of its time is known */
};

struct correction {
    struct correction_context *contexts; /* by node */
    struct probe_costs costs;
    double raw_total;         /* ticks below the outermost frames */
    double cpu_total;         /* of which on a CPU, as far as is known */
    double overhead_total;    /* of which the probes', reckoned; excess included */
    double error_total;       /* one standard error of what is left */
    double excess_total;      /* what contexts could not pay, */
    uint64_t excess_contexts; /* and how many of them */
    double unplaced_wall;     /* self times below 0 (timing=adaptive, by chance) */
    double unplaced_cpu;      /* those, waits found where there was less time than that, and stray
                                 ones, of which it is not known where they were */
    bool is_anchored;         /* by the run time of a plain build */
    bool is_timed;            /* any context is: else there is no time to correct */
    uint64_t counted_calls;   /* of contexts that are counted and never timed */
    uint64_t homeless_calls;  /* of those, calls with no timed caller: their time is nowhere */
};

/* `self` is by node, open calls counted; so is `off_cpu`, ticks of it, at least 0, NULL unknown.
 * `baseline_seconds`: run time of a plain build, 0 unknown. NULL with `error` filled. */
struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  const int64_t *off_cpu, double baseline_seconds,
                                  struct error *error);
void correction_free(struct correction *correction);

#endif
