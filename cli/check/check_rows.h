/* SPDX-License-Identifier: MIT */
/*
 * A profile's functions by name, for comparing two profiles. Functions of one name count as one,
 * because files are renamed and lines shift. Used by check_base.c and check_draft.c.
 */
#ifndef CINSTR_CLI_CHECK_ROWS_H
#define CINSTR_CLI_CHECK_ROWS_H

#include "reader/analysis/analysis.h"

struct check_row {
    const char *name;  /* belongs to the profile */
    int64_t value;     /* the sum of the self values of all functions of that name */
    uint32_t function; /* one of these functions */
};

struct check_rows { /* starts all zero */
    struct check_row *list;
    uint32_t count;
};

/* Fills it with the functions that have such a value, sorted by name. -1 with `error` filled. */
int check_rows_fill(struct check_rows *rows, const struct analysis *analysis, uint32_t type,
                    struct error *error);
void check_rows_free(struct check_rows *rows);

/* NULL: no function has that name. */
const struct check_row *check_rows_find(const struct check_rows *rows, const char *name);

#endif
