/* SPDX-License-Identifier: MIT */
/*
 * One value summed over the samples of some functions, edges or contexts: the numbers that rules
 * are about. Called by the check command.
 *
 * What a function or an edge did is always exact. Whether it did so somewhere below another
 * function may be lost: contexts beyond the budget are kept below [truncated], and recursion is
 * folded, so that a stack may lack functions that were in it. Such a sum has two bounds. So has
 * every sum when the function of some calls was lost ([lost]).
 */
#ifndef CINSTR_READER_ANALYSIS_SCOPE_H
#define CINSTR_READER_ANALYSIS_SCOPE_H

#include <stdbool.h>

#include "analysis.h"

/* Sets of functions: a bool for each function of the analysis. */
struct analysis_scope {
    uint32_t type;      /* index of the value type */
    const bool *what;   /* the innermost function is one of these; NULL: any */
    const bool *caller; /* and its caller is one of these; NULL: any or none */
    const bool *above;  /* and one of these is further out; NULL: not required */
    bool has_above_too; /* the innermost function itself may be the one of `above` */
};

struct analysis_bounds {
    int64_t least, most;
    int64_t truncated, folded; /* the difference of the bounds, by its reason */
};

/* Sums up. If `above` is not NULL the analysis needs its edges. `by_function` and `by_caller`,
 * all zero and with an element for each function, receive how much of the lower bound each
 * innermost function, and each direct caller, contributes; either may be NULL. -1 with `error`
 * filled when out of memory or when the sum does not fit into 64 bits. */
int analysis_scope_sum(const struct analysis *analysis, const struct analysis_scope *scope,
                       struct analysis_bounds *bounds, int64_t *by_function, int64_t *by_caller,
                       struct error *error);

#endif
