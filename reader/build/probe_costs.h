/* SPDX-License-Identifier: MIT */
/*
 * What a call costs by its probes: the model for taking them out of the times. Called by
 * correction.c alone.
 */
#ifndef CINSTR_READER_PROBE_COSTS_H
#define CINSTR_READER_PROBE_COSTS_H

#include "reader/snapshot/snapshot.h"

/* Ticks for each call. Errors are one standard deviation. They are errors of the model, so they
 * have the same direction for all calls. */
struct probe_costs {
    double inner, outer;             /* a timed call: between its time stamps, and in its caller */
    double untimed;                  /* a call that is only counted, both together */
    double inner_error, outer_error; /* error of the first two; of them together below */
    double error;                    /* of a timed call */
    double untimed_error;
    uint64_t batches;  /* of the loop that this is from */
    bool are_by_slots; /* the code for a call that is not timed lies in the functions themselves */
};

struct probe_costs probe_costs_of(const struct snapshot *snapshot);

#endif
