/* SPDX-License-Identifier: MIT */
/*
 * Assigns the samples of one profile to functions or contexts of an exact one. Used by compare.c
 * alone, which does the statistics.
 */
#ifndef CINSTR_READER_COMPARE_MATCH_H
#define CINSTR_READER_COMPARE_MATCH_H

#include "compare.h"

/* The value types that are compared: indices, PROFILE_NONE none. */
struct compare_types {
    uint32_t time, overhead, calls; /* of the exact profile */
    struct profile_error error;     /* the errors of that time */
    uint32_t samples;               /* of the sampled profile */
};

/* Fills in rows (time, error by the model, variance, overhead, calls, samples), unplaced, charged
 * and unmatched. -1 with `error` filled. */
int compare_match(struct compare *compare, const struct compare_types *types, bool by_context,
                  struct error *error);

#endif
