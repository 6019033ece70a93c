/* SPDX-License-Identifier: MIT */
/*
 * Exports: a profile in the formats of other viewers. A format is one file (export_NAME.c), which
 * defines export_NAME, and one row of EXPORT_FORMATS. They only print; sums come from the reader's
 * analyses.
 */
#ifndef CINSTR_CLI_EXPORT_H
#define CINSTR_CLI_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/report/report.h"
#include "reader/analysis/analysis.h"
#include "reader/base/error.h"

struct export_format {
    const char *name;
    const char *help; /* who reads it, what is in it: for --help */
    /* Prints it all. -1 with `error` filled; whether `out` took it is the caller's to see. */
    int (*print)(FILE *out, struct analysis *analysis, struct error *error);
};

#define EXPORT_FORMATS(FORMAT)                                                                     \
    FORMAT(callgrind)                                                                              \
    FORMAT(folded)                                                                                 \
    FORMAT(speedscope)                                                                             \
    FORMAT(dot)                                                                                    \
    FORMAT(csv)

#define FORMAT(name) extern const struct export_format export_##name;
EXPORT_FORMATS(FORMAT)
#undef FORMAT

/* --- what formats share (export_values.c) ----------------------------------------------------- */

/* The value types that a viewer is to show, the chosen one first: all but the standard errors of
 * others. `types` has room for all of the profile's. Returns how many. */
uint32_t export_values(const struct analysis *analysis, uint32_t *types);

/* All nodes of the call tree, each before its children. */
int export_rows(struct report_rows *rows, struct analysis *analysis, struct error *error);

/* A name in a line of text: control characters become '?'. */
void export_name(FILE *out, const char *name);

/* The node of that depth on the way to a node of the tree. */
uint32_t export_frame(const struct analysis *analysis, uint32_t node, uint32_t depth);

/* The functions of a tree's node, outermost first, with ';' between them; a ';' in a name becomes
 * ':', control characters '?'. In quotes: a '"' is doubled. */
void export_stack(FILE *out, const struct analysis *analysis, uint32_t node, bool in_quotes);

#endif
