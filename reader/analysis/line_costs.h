/* SPDX-License-Identifier: MIT */
/*
 * The own cost of each line of each function, and the cost of the calls on it: for formats that
 * have call edges but no stacks (callgrind's). Called by the writers of those.
 *
 * With recursion a sample has a function several times, and sums by edge would count it as often.
 * Here a sample belongs to the call that leads to the outermost frame of each of its functions. So
 * the calls of a function add up to its total, and so do its own cost and its callees'. If it calls
 * itself by way of others, the latter holds for the cycle as a whole.
 */
#ifndef CINSTR_READER_LINE_COSTS_H
#define CINSTR_READER_LINE_COSTS_H

#include "analysis.h"

struct line_cost {
    uint32_t function; /* index; PROFILE_NONE: no function, `callee` is outermost */
    uint32_t line;     /* 0 unknown */
    uint32_t callee;   /* index; PROFILE_NONE: the line's own cost */
};

struct line_costs {
    struct line_cost *rows;    /* by function, own costs first, then by line; outermost last */
    uint32_t *sums_row;        /* by row: its row in `sums` */
    struct analysis_sums sums; /* self: of the line itself, or of the callee itself when it was
                                  called from here (of `calls`: how often); total: of the calls,
                                  with all below */
};

/* NULL with `error` filled. The analysis must outlive it. */
struct line_costs *line_costs_new(const struct analysis *analysis, struct error *error);
void line_costs_free(struct line_costs *costs); /* NULL is allowed */

#endif
