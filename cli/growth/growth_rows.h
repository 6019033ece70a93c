/* SPDX-License-Identifier: MIT */
/*
 * The functions and edges of a program at all sizes of its input, each with how it grows. Made from
 * one profile a size; printed by growth_text.c, growth_json.c (also for the page) and growth_svg.c.
 */
#ifndef CINSTR_CLI_GROWTH_ROWS_H
#define CINSTR_CLI_GROWTH_ROWS_H

#include <stdio.h>

#include "cli/base/pattern.h"
#include "growth_fit.h"
#include "reader/analysis/analysis.h"

enum { GROWTH_SIZES_MAX = 32 };

/* One value of a function or an edge at all sizes; strings belong to the profiles. */
struct growth_row {
    const char *caller; /* NULL: the row is a function, not an edge */
    const char *name;
    const char *file; /* "" unknown */
    int64_t line;
    const char *value, *unit; /* "calls", "count" */
    bool is_exact;            /* a count, the same in every run */
    double values[GROWTH_SIZES_MAX];
    struct growth_fit fit;
};

struct growth {
    const char *command; /* the command line as it was given, for titles */
    const char *value;   /* show only this value; NULL: the usual ones */
    double sizes[GROWTH_SIZES_MAX];
    uint32_t size_count;
    struct profile *profiles[GROWTH_SIZES_MAX];
    struct analysis *analyses[GROWTH_SIZES_MAX];
    struct growth_row *rows; /* counts first, then by exponent, the largest first */
    uint32_t row_count;
};

/* Makes the rows of the profiles, which the caller keeps. -1 with `error` filled. */
int growth_fill(struct growth *growth, struct error *error);
void growth_free(struct growth *growth); /* frees the profiles, too */

/* A limit on exponents, and its verdict. */
struct growth_gate {
    const char *text; /* 'PATTERN=1.2' */
    struct pattern caller, name;
    double most;
    enum growth_verdict verdict;
    const struct growth_row *row; /* the row that decided: the first broken or undecided one;
                                   * else NULL */
    uint32_t matched;             /* rows that were judged */
    uint32_t skipped;             /* rows that a wildcard matches but that have too few sizes */
};

/* -1 with `error` filled if it is not PATTERN=EXPONENT. */
int growth_gate_parse(struct growth_gate *gate, const char *text, struct error *error);
void growth_gate_free(struct growth_gate *gate);
void growth_gate_judge(struct growth_gate *gate, const struct growth *growth);

/* --- formats ---------------------------------------------------------------------------------- */

struct growth_page {
    bool edges;     /* print edges, not functions: text and plots */
    uint32_t limit; /* rows of text; 0: all */
    const struct growth_gate *gates;
    uint32_t gate_count;
};

typedef int growth_printer(FILE *out, const struct growth *growth, const struct growth_page *page,
                           struct error *error);
growth_printer growth_print_text, growth_print_json, growth_print_csv, growth_print_svg;

#endif
