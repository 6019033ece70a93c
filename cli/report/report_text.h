/* SPDX-License-Identifier: MIT */
/*
 * What the text reports share: the lines above and below a table, names that are safe for a
 * terminal, times with their grades. Used by report_text*.c alone.
 */
#ifndef CINSTR_CLI_REPORT_TEXT_H
#define CINSTR_CLI_REPORT_TEXT_H

#include "cli/print/units.h"
#include "report.h"

/* Prints what stands above a table, then an empty line: the total of the chosen value with its
 * interval, and a warning if there is one. options->verbose: also the program and all other
 * comments. */
void report_text_head(FILE *out, const struct analysis *analysis,
                      const struct report_options *options);

/* Prints what stands below a table: how many rows are left out (`left_out` is "more function",
 * without its s; `how` shows them), what the grades mean, which other values there are. */
void report_text_foot(FILE *out, const struct analysis *analysis, uint32_t left_out,
                      const char *what, const char *how);

/* A row's self or total of the chosen value, with its error. */
struct report_text_value {
    struct units_text amount, share, per_call;
    char grade[3]; /* " A"; "" where the profile has no errors */
};
struct report_text_value report_text_value(const struct analysis *analysis,
                                           const struct analysis_sums *sums, uint32_t row,
                                           bool is_total);

/* The durations of a row's calls, and what stands above them: four columns. The longest is known
 * exactly, the others to within 12.5 %. */
void report_text_durations(FILE *out, const struct analysis_spread *spread);
void report_text_durations_head(FILE *out);

/* Blanks as wide as a grade. */
const char *report_text_no_grade(const struct analysis *analysis);

/* Prints the name of a function; PROFILE_NONE stands for the caller of outermost functions. */
void report_text_name(FILE *out, const struct analysis *analysis, uint32_t function);

/* "  file.c:12" where it is known. */
void report_text_place(FILE *out, const struct analysis *analysis, uint32_t function);

/* The count of a row; 0 where the profile does not say. */
int64_t report_text_count(const struct analysis *analysis, const struct analysis_sums *sums,
                          uint32_t row);

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error);
int report_text_edges(FILE *out, const struct analysis *analysis,
                      const struct report_options *options, struct error *error);
int report_text_tree(FILE *out, const struct analysis *analysis,
                     const struct report_options *options, struct error *error);

#endif
