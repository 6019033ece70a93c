/* SPDX-License-Identifier: MIT */
/*
 * Exports: a profile in the formats of other viewers. A format is one file (export_NAME.c), which
 * defines export_NAME, and one row of EXPORT_FORMATS. It only prints; the sums come from the
 * reader's analyses.
 */
#ifndef CINSTR_CLI_EXPORT_H
#define CINSTR_CLI_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/base/command.h"
#include "cli/report/report.h"
#include "reader/analysis/analysis.h"
#include "reader/base/error.h"

struct export_format {
    const char *name;
    const char *help; /* for --help: who reads it, and what is in it */
    /* Prints the profile. -1 with `error` filled. The caller checks whether `out` had write
     * errors. */
    int (*print)(FILE *out, struct analysis *analysis, struct error *error);
};

#define EXPORT_FORMATS(FORMAT)                                                                     \
    FORMAT(callgrind)                                                                              \
    FORMAT(folded)                                                                                 \
    FORMAT(speedscope)                                                                             \
    FORMAT(firefox)                                                                                \
    FORMAT(dot)                                                                                    \
    FORMAT(svg)                                                                                    \
    FORMAT(csv)

#define FORMAT(name) extern const struct export_format export_##name;
EXPORT_FORMATS(FORMAT)
#undef FORMAT

/* --- all formats (export.c), for export and dump ---------------------------------------------- */

/* Writes a profile to `path`; NULL: standard output. -1 with `error` filled. */
int export_write(const struct export_format *format, const char *path,
                 const struct profile *profile, const struct analysis_options *options,
                 struct error *error);

/* Finds a format by its name. Returns a status, after printing a usage error if there is none. */
int export_set_format(const struct command *command, const struct export_format **format,
                      const char *name);

/* The names of all: "callgrind, folded, ..."; and lines for --help. */
struct export_names {
    char text[128];
};
struct export_names export_format_names(void);
void export_print_help(FILE *out);

/* --- what formats share (export_values.c) ----------------------------------------------------- */

/* The value types to show, the chosen one first: all but the columns that hold standard errors.
 * `types` has room for all of the profile's. Returns how many. */
uint32_t export_values(const struct analysis *analysis, uint32_t *types);

/* All nodes of the call tree, each before its children. */
int export_rows(struct report_rows *rows, struct analysis *analysis, struct error *error);

/* Prints a name within a line of text: control characters become '?'. */
void export_name(FILE *out, const char *name);

/* The ancestor of a tree's node at that depth. */
uint32_t export_frame(const struct analysis *analysis, uint32_t node, uint32_t depth);

/* Prints the functions on the way to a tree's node, outermost first, with ';' between them. In a
 * name a ';' becomes ':' and a control character '?'. With `in_quotes`, a '"' is doubled. */
void export_stack(FILE *out, const struct analysis *analysis, uint32_t node, bool in_quotes);

#endif
