/* SPDX-License-Identifier: MIT */
/*
 * The cost of the probes themselves, context by context, which is taken out of the times. Called
 * when a profile is built. The segment keeps raw ticks; this is the only place that corrects them.
 *
 * Each context is corrected by its own measurements: nothing is taken from one to make another's
 * sum fit. In each, on_cpu + off_cpu + overhead = raw, and none of them is below 0. Time that was
 * measured but fits in no context is `unplaced`: the contexts have that much too much, in sum.
 */
#ifndef CINSTR_READER_CORRECTION_H
#define CINSTR_READER_CORRECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "probe_costs.h"
#include "probe_samples.h"
#include "reader/snapshot/snapshot.h"

/* The parts of a context's self time, in ticks. */
struct correction_context {
    double raw;             /* measured, the probes included */
    double overhead;        /* the part that the probes took */
    double on_cpu, off_cpu; /* the program's own time, on a CPU and waiting */
    double excess;          /* probes' cost beyond the whole CPU time */
    double error;    /* one standard error of on_cpu by the model of the probes' cost: errors of
                        contexts add up, since the model errs in all of them alike */
    double variance; /* timing=adaptive, or sampled: error by chance, in ticks squared: variances
                        add up */
    bool is_timed;   /* false: nothing is known of its time */
};

struct correction {
    struct correction_context *contexts; /* by node */
    struct probe_costs costs;
    double raw_total;         /* ticks below the outermost frames */
    double cpu_total;         /* of these on a CPU, as far as is known */
    double overhead_total;    /* of these the probes', estimated; excess included */
    double error_total;       /* one standard error of what is left */
    double excess_total;      /* sum of the contexts' excess, */
    uint64_t excess_contexts; /* and how many have any */
    double unplaced_wall;     /* self times below 0 (timing=adaptive, by chance) */
    double unplaced_cpu;      /* those, waits found where there was less time than that, and stray
                                 ones, of which it is not known where they were */
    bool errs_by_chance;      /* contexts may have a variance */
    double samples;           /* of the run, on a CPU; 0: the loop alone says what probes cost */
    double probe_samples;     /* those of them that hit the probes */
    bool is_anchored;         /* anchored by the run time of a plain build */
    bool is_timed;            /* any context has times; else there are none to correct */
    bool is_sampled;          /* those are of samples alone, by the CPU clock: no call was timed */
    uint64_t counted_calls;   /* calls of contexts that are counted and never timed */
    uint64_t homeless_calls;  /* those of them without a timed caller: their time is nowhere */
};

/* `self` is by node, with open calls; so is `off_cpu`, in ticks, at least 0; NULL: unknown.
 * `samples`, whose samples of counted calls are moved to their callers: NULL if the run was not
 * sampled. `baseline_seconds`: run time of a plain build, 0 unknown. NULL with `error` filled. */
struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  const int64_t *off_cpu, struct probe_samples *samples,
                                  double baseline_seconds, struct error *error);
void correction_free(struct correction *correction);

#endif
