/* SPDX-License-Identifier: MIT */
/*
 * Times of a run that was only counted (timing=count, or by the plugin's choice) and sampled: a
 * context's time is that of its samples. What the probes took of it is partly known by samples too:
 * those that hit the recorder's code. Of the plugin's code, which lies in the functions themselves,
 * only the cost of a call is known, roughly: it is taken out of all functions in proportion. Called
 * by correction.c alone.
 */
#ifndef CINSTR_READER_SAMPLED_TIMES_H
#define CINSTR_READER_SAMPLED_TIMES_H

#include "probe_samples.h"
#include "reader/snapshot/snapshot.h"

/* By node, in ticks. */
struct sampled_times {
    double *measured;  /* out: the time of all samples of a context */
    double *costs;     /* out: the probes' part of it */
    double *variances; /* out: of the rest, by chance: samples are a Poisson process */
};

/* Whether the run's times are to be had from its samples alone. `self`: by node, with open calls.
 * `samples`: NULL if there are none. */
bool sampled_times_are_all(const struct snapshot *snapshot, const int64_t *self,
                           const struct probe_samples *samples);

/* `untimed`: what a call by slots costs in the functions themselves, in ticks; 0: all probes are in
 * the recorder's code. */
void sampled_times_find(const struct sampled_times *times, const struct snapshot *snapshot,
                        const struct probe_samples *samples, double untimed);

#endif
