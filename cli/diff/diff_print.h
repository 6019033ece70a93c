/* SPDX-License-Identifier: MIT */
/*
 * Prints a difference as text, JSON, CSV, or into a page. Also decides which rows are shown and in
 * which order, the same for all of them. Called by cmd_diff.c.
 */
#ifndef CINSTR_CLI_DIFF_PRINT_H
#define CINSTR_CLI_DIFF_PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/analysis/diff.h"
#include "reader/base/error.h"

enum diff_view { DIFF_VIEW_ALL, DIFF_VIEW_EDGES, DIFF_VIEW_CAUSES };

struct diff_page {
    enum diff_view view;
    char *const *sources[2]; /* names as they were given, diff->runs for each side */
    uint32_t limit;          /* rows of a table; 0: all */
    bool is_coloured;
};

/* Rows of functions or edges, the largest change first; free with free(shown.rows). */
struct diff_shown {
    const struct diff_row **rows;
    uint32_t count;
};

enum diff_which { DIFF_ROWS_ALL, DIFF_ROWS_CHANGED };

/* The rows that any profile has, or that changed. -1 with `error` filled. */
int diff_show(struct diff_shown *shown, const struct diff_row *rows, uint32_t count,
              enum diff_which which, struct error *error);

/* Whether only that side has the function. Never true of "[unplaced]". */
bool diff_is_only(const struct diff *diff, const struct diff_row *row, enum diff_side side);

/* The function of that number; for PROFILE_NONE a placeholder without a file. */
const struct analysis_function *diff_function(const struct diff *diff, uint32_t function);

/* "calls", "cost", "new", "gone". */
const char *diff_cause_name(enum diff_cause_kind kind);

/* Whether the change is larger than its interval; false when the interval is not known. */
bool diff_is_sure(double change, double error);

int diff_print_text(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error);
int diff_print_csv(FILE *out, const struct diff *diff, const struct diff_page *page,
                   struct error *error);
int diff_print_json(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error);
/* The same, with the tree of contexts, for the page. */
int diff_print_data(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error);

#endif
