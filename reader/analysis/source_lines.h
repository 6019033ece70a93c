/* SPDX-License-Identifier: MIT */
/*
 * What each line of each function costs, for reports that show source. Called by the report command.
 * A line's self is the sum of the samples whose innermost frame it is, its total that of the samples
 * that have it anywhere in their stack, each counted once, as in pprof's -list.
 */
#ifndef CINSTR_READER_SOURCE_LINES_H
#define CINSTR_READER_SOURCE_LINES_H

#include "analysis.h"

struct source_line {
    uint32_t function; /* index */
    uint32_t line;     /* 0 unknown */
    int64_t calls;     /* made on this line, by the value type that counts; 0 where there is none */
};

struct source_lines {
    struct source_line *rows;  /* by function, then by line */
    uint32_t *sums_row;        /* by row: its row in `sums` */
    struct analysis_sums sums; /* self and total */
};

/* NULL with `error` filled. The analysis must outlive it. */
struct source_lines *source_lines_new(const struct analysis *analysis, struct error *error);
void source_lines_free(struct source_lines *lines); /* NULL is allowed */

#endif
