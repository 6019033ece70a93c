/* SPDX-License-Identifier: MIT */
/*
 * Estimates the times of a sampled run from two sources: the measured times with the recorder's
 * loop, and the run's samples (probe_samples.h). Called by correction.c alone.
 */
#ifndef CINSTR_READER_JOINED_H
#define CINSTR_READER_JOINED_H

#include "probe_samples.h"
#include "reader/snapshot/snapshot.h"

/* By node, in ticks; joined_new() makes all of them, at 0. */
struct joined {
    double *cpu;       /* in: measured on a CPU; with timing=adaptive, out: estimated */
    double *costs;     /* in: the probes' part by the loop; out: estimated; at most `cpu` */
    double *variances; /* in: of cpu, by chance; out: of the program's part of it */
    double *errors;    /* out: one standard error of costs, in the same direction everywhere */
    double *scratch[2];
    uint32_t *nodes; /* contexts that have CPU time */
    uint32_t count;
};

/* NULL: out of memory. */
struct joined *joined_new(uint32_t node_count);
void joined_free(struct joined *joined);

/* timing=adaptive: `cpu` is known by chance only. Its sum stays. */
void joined_estimate_cpu(struct joined *joined, const struct snapshot *snapshot,
                         const struct probe_samples *samples);
/* Contexts without CPU time keep the costs that they have, and those without costs have none. */
void joined_estimate_costs(struct joined *joined, const struct snapshot *snapshot,
                           const struct probe_samples *samples);

#endif
