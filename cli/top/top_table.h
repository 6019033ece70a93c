/* SPDX-License-Identifier: MIT */
/*
 * The table of `cinstr top`: the functions of a process as they are now, and how many calls they made
 * a second since the table before. It is text, for a screen and for a pipe alike.
 */
#ifndef CINSTR_CLI_TOP_TABLE_H
#define CINSTR_CLI_TOP_TABLE_H

#include <stdio.h>

#include "cli/report/report.h"
#include "cli/source/source.h"

struct top_options {
    enum report_sort sort;
    uint32_t limit;    /* rows; 0: all */
    const char *value; /* NULL: CPU time where it is recorded, else wall time */
};

struct top_table;

struct top_table *top_table_new(struct error *error);
void top_table_free(struct top_table *table);

/* Takes a snapshot. -1 with `error` filled. */
int top_table_update(struct top_table *table, const struct source *source,
                     const struct top_options *options, struct error *error);

/* Whether the process still ran at the last snapshot; its pid. */
bool top_table_is_live(const struct top_table *table);
uint32_t top_table_pid(const struct top_table *table);

/* Prints what the last snapshot had. Names are cut in their middle where a line would be longer than
 * `width` columns; 0: they are not. */
int top_table_print(FILE *out, const struct top_table *table, const struct top_options *options,
                    uint32_t width, struct error *error);

#endif
