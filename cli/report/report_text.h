/* SPDX-License-Identifier: MIT */
/*
 * What the text reports share: what is above and below a table, names that are safe for a terminal,
 * times with what is known of them. Used by report_text*.c alone.
 */
#ifndef CINSTR_CLI_REPORT_TEXT_H
#define CINSTR_CLI_REPORT_TEXT_H

#include "cli/print/units.h"
#include "report.h"

/* What is above a table, then an empty line: the sum of the value looked at, with its interval, and
 * what its reader must be warned of. options->verbose: the program, and all else as well. */
void report_text_head(FILE *out, const struct analysis *analysis,
                      const struct report_options *options);

/* What is below a table: how many rows `left_out` ("more function", without its s) and `how` they
 * are had; what grades mean; which other values there are. */
void report_text_foot(FILE *out, const struct analysis *analysis, uint32_t left_out,
                      const char *what, const char *how);

/* A row's self or total of the value looked at, and what is known of it. */
struct report_text_value {
    struct units_text amount, share, per_call;
    char grade[3]; /* " A"; "" where the profile knows of none */
};
struct report_text_value report_text_value(const struct analysis *analysis,
                                           const struct analysis_sums *sums, uint32_t row,
                                           bool is_total);

/* As wide as a grade. */
const char *report_text_no_grade(const struct analysis *analysis);

/* Prints the name of a function; PROFILE_NONE is the caller of the outermost. */
void report_text_name(FILE *out, const struct analysis *analysis, uint32_t function);

/* "  file.c:12" where it is known. */
void report_text_place(FILE *out, const struct analysis *analysis, uint32_t function);

/* How often, of a row; 0 where the profile does not say. */
int64_t report_text_count(const struct analysis *analysis, const struct analysis_sums *sums,
                          uint32_t row);

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error);
int report_text_edges(FILE *out, const struct analysis *analysis,
                      const struct report_options *options, struct error *error);
int report_text_tree(FILE *out, const struct analysis *analysis,
                     const struct report_options *options, struct error *error);

#endif
