/* SPDX-License-Identifier: MIT */
/*
 * Functions and edges through all sizes of a program's input, each with how it grows. Filled from
 * one profile a size; printed by growth_text.c, growth_json.c (also for the page) and growth_svg.c.
 */
#ifndef CINSTR_CLI_GROWTH_ROWS_H
#define CINSTR_CLI_GROWTH_ROWS_H

#include <stdio.h>

#include "cli/base/pattern.h"
#include "growth_fit.h"
#include "reader/analysis/analysis.h"

enum { GROWTH_SIZES_MAX = 32 };

/* A number of a function or an edge; strings are the profiles'. */
struct growth_row {
    const char *caller; /* NULL: a function */
    const char *name;
    const char *file; /* "" unknown */
    int64_t line;
    const char *value, *unit; /* "calls", "count" */
    bool is_exact;            /* the same with every run: no time */
    double values[GROWTH_SIZES_MAX];
    struct growth_fit fit;
};

struct growth {
    const char *command; /* as it was given, for titles */
    const char *value;   /* look at this value alone; NULL at the usual ones */
    double sizes[GROWTH_SIZES_MAX];
    uint32_t size_count;
    struct profile *profiles[GROWTH_SIZES_MAX];
    struct analysis *analyses[GROWTH_SIZES_MAX];
    struct growth_row *rows; /* exact ones first, each by exponent, the largest first */
    uint32_t row_count;
};

/* Fills the rows from the profiles, which stay. -1 with `error` filled. */
int growth_fill(struct growth *growth, struct error *error);
void growth_free(struct growth *growth); /* with the profiles */

/* A limit on exponents, and what came of it. */
struct growth_gate {
    const char *text; /* 'PATTERN=1.2' */
    struct pattern caller, name;
    double most;
    enum growth_verdict verdict;
    const struct growth_row *row; /* that decided: the first broken, or not to be told; else NULL */
    uint32_t matched;             /* rows */
    uint32_t skipped;             /* that have too few sizes, and are meant by a wildcard */
};

/* -1 with `error` filled: it is no PATTERN=EXPONENT. */
int growth_gate_parse(struct growth_gate *gate, const char *text, struct error *error);
void growth_gate_free(struct growth_gate *gate);
void growth_gate_judge(struct growth_gate *gate, const struct growth *growth);

/* --- formats ---------------------------------------------------------------------------------- */

struct growth_page {
    bool edges;     /* instead of functions: text and plots */
    uint32_t limit; /* rows of text; 0 all */
    const struct growth_gate *gates;
    uint32_t gate_count;
};

typedef int growth_printer(FILE *out, const struct growth *growth, const struct growth_page *page,
                           struct error *error);
growth_printer growth_print_text, growth_print_json, growth_print_csv, growth_print_svg;

#endif
