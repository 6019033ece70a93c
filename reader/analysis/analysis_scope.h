/* SPDX-License-Identifier: MIT */
/*
 * One value summed over the samples of some functions, callers or contexts: the numbers that rules
 * are about. Called by the check command.
 *
 * What a function or an edge did is always exact. Whether it did it somewhere below another
 * function may not be in the profile: contexts beyond the budget are kept below [truncated], and
 * recursion is folded, so that a stack may lack functions that were in it. Such a sum has two
 * bounds; so has any when there are calls whose function was lost, [lost].
 */
#ifndef CINSTR_READER_ANALYSIS_SCOPE_H
#define CINSTR_READER_ANALYSIS_SCOPE_H

#include <stdbool.h>

#include "analysis.h"

/* Sets of functions: a bool for each of the analysis's. */
struct analysis_scope {
    uint32_t type;      /* index of the value type */
    const bool *what;   /* the innermost function is one of these; NULL any */
    const bool *caller; /* and was called by one of these; NULL by any, or by none */
    const bool *above;  /* and one of these is further out; NULL: need not be */
    bool has_above_too; /* or is the innermost itself */
};

struct analysis_bounds {
    int64_t least, most;
    int64_t truncated, folded; /* what lies between them, by why */
};

/* Sums up; needs the edges where `above` is not NULL. `by_function` and `by_caller`, of as many
 * elements as there are functions, all zero, are given what each innermost function, and the
 * caller next to it, has in the sum's least; either may be NULL. -1 with `error` filled when out of
 * memory or when the sum does not fit 64 bits. */
int analysis_scope_sum(const struct analysis *analysis, const struct analysis_scope *scope,
                       struct analysis_bounds *bounds, int64_t *by_function, int64_t *by_caller,
                       struct error *error);

#endif
