/* SPDX-License-Identifier: MIT */
/*
 * Functions and edges of a difference while profiles are added: the values of each row in each
 * profile, and their sums. Used by diff.c alone.
 */
#ifndef CINSTR_READER_DIFF_ROWS_H
#define CINSTR_READER_DIFF_ROWS_H

#include "analysis_pairs.h"
#include "diff.h"
#include "value_error.h"

/* One quantity over the profiles of one side. */
struct diff_series {
    double first, sum, squares; /* sums of the differences to the first profile */
    double error;               /* sum of the standard errors */
    uint32_t count;             /* number of profiles that have the quantity */
};

enum diff_quantity { DIFF_CALLS, DIFF_SELF, DIFF_TOTAL, DIFF_QUANTITIES };

struct diff_series_row {
    struct diff_series series[2][DIFF_QUANTITIES];
};

struct diff_rows { /* starts all zero */
    struct diff_row *rows;
    struct diff_series_row *series; /* same index */
    uint32_t count, capacity;
    struct pair_table table; /* (caller, function) to row; for edges only */
};

/* A profile that is being added. */
struct diff_added {
    enum diff_side side;
    const struct analysis *analysis; /* it has its edges */
    const uint32_t *numbers;         /* the result of names_add() */
    struct value_error error;
};

void diff_series_add(struct diff_series *series, double value, double error);

/* The mean over `runs` profiles; those that lack the quantity had 0. */
void diff_series_finish(const struct diff_series series[2], const uint32_t runs[2],
                        struct diff_amount *amount);

/* Adds rows until there is one for each of `count` functions. False: out of memory. */
bool diff_rows_grow(struct diff_rows *rows, uint32_t count);

/* False: out of memory. */
bool diff_rows_add_functions(struct diff_rows *rows, const struct diff_added *added);
bool diff_rows_add_edges(struct diff_rows *rows, const struct diff_added *added);

/* Computes the amounts of all rows. */
void diff_rows_finish(struct diff_rows *rows, const uint32_t runs[2]);

/* Computes the parts of the edges, and those of the functions as their sums. */
void diff_rows_split(struct diff_rows *functions, struct diff_rows *edges);

void diff_rows_free(struct diff_rows *rows);

#endif
