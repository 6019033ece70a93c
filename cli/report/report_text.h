/* SPDX-License-Identifier: MIT */
/*
 * What the text reports share: the head of the page, names that are safe for a terminal, the line
 * that says how much was left out. Used by report_text*.c alone.
 */
#ifndef CINSTR_CLI_REPORT_TEXT_H
#define CINSTR_CLI_REPORT_TEXT_H

#include "report.h"

/* Program, time, totals and what the profile says of itself, then an empty line. */
void report_text_head(FILE *out, const struct analysis *analysis);

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
