/* SPDX-License-Identifier: MIT */
/*
 * What a call costs by its probes: the model that takes them out of the times. Called by
 * correction.c alone.
 */
#ifndef CINSTR_READER_PROBE_COSTS_H
#define CINSTR_READER_PROBE_COSTS_H

#include "reader/snapshot/snapshot.h"

/* Ticks a call. Errors are one standard deviation; they are errors of the model, so that those of
 * all calls go the same way. */
struct probe_costs {
    double inner, outer;             /* a timed call: between its time stamps, in its caller */
    double untimed;                  /* one that is counted only, both together */
    double inner_error, outer_error; /* of the first two; together as below */
    double error;                    /* of a timed call */
    double untimed_error;
    uint64_t batches; /* of the loop that this is from */
};

struct probe_costs probe_costs_of(const struct snapshot *snapshot);

#endif
