/* SPDX-License-Identifier: MIT */
/*
 * What each line of each function cost itself, and what the calls on it cost: as formats have it
 * that know call edges but no stacks (callgrind's). Called by the writers of those.
 *
 * With recursion a sample holds a function several times, and edges' sums would count it as often.
 * Here a sample belongs to the call that leads to the outermost frame of each of its functions. So
 * the calls of a function add up to its total, and so does its own cost with that of its callees,
 * unless it calls itself by way of others: then that holds of the cycle as a whole.
 */
#ifndef CINSTR_READER_LINE_COSTS_H
#define CINSTR_READER_LINE_COSTS_H

#include "analysis.h"

struct line_cost {
    uint32_t function; /* index; PROFILE_NONE: nobody, `callee` is outermost */
    uint32_t line;     /* 0 unknown */
    uint32_t callee;   /* index; PROFILE_NONE: the line's own cost */
};

struct line_costs {
    struct line_cost *rows;    /* by function, own costs first, then by line; nobody's last */
    uint32_t *sums_row;        /* by row: its row in `sums` */
    struct analysis_sums sums; /* self: of the line itself, or of the callee itself when it was
                                  called from here (of `calls`: how often); total: of the calls,
                                  with all below */
};

/* NULL with `error` filled. The analysis must outlive it. */
struct line_costs *line_costs_new(const struct analysis *analysis, struct error *error);
void line_costs_free(struct line_costs *costs); /* NULL is allowed */

#endif
