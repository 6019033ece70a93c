/* SPDX-License-Identifier: MIT */
/*
 * What of a sampled profile belongs to which function or context of an exact one. Used by compare.c
 * alone, which does the statistics.
 */
#ifndef CINSTR_READER_COMPARE_MATCH_H
#define CINSTR_READER_COMPARE_MATCH_H

#include "compare.h"

/* Which value types are compared: indices, PROFILE_NONE none. */
struct compare_types {
    uint32_t time, overhead, calls; /* of the exact profile */
    uint32_t samples;               /* of the sampled one */
};

/* Fills in rows (time, overhead, calls, samples), charged and unmatched. -1 with `error` filled. */
int compare_match(struct compare *compare, const struct compare_types *types, bool by_context,
                  struct error *error);

#endif
