/* SPDX-License-Identifier: MIT */
/* How the text of a difference prints numbers and names. Used by diff_text*.c alone. */
#ifndef CINSTR_CLI_DIFF_TEXT_H
#define CINSTR_CLI_DIFF_TEXT_H

#include "cli/print/units.h"
#include "diff_print.h"

/* "+1.234 ms", in the unit of the value; "0". */
struct units_text diff_text_change(const struct diff *diff, double change);

/* "1.234 ms"; "-" when it is not known. */
struct units_text diff_text_amount(const struct diff *diff, double amount);

/* "1,234", "0.25"; `signs` puts a '+' before positive numbers. */
struct units_text diff_text_count(double count, bool has_sign);

/* A change in a column: red for more, green for less, if it is beyond its interval.
 *  */
void diff_text_print_change(FILE *out, const struct diff *diff, const struct diff_page *page,
                            double change, double error, int width);

/* "name", made safe for a terminal, and "  file.c:12" where it is known. */
void diff_text_name(FILE *out, const struct diff *diff, uint32_t function);
void diff_text_place(FILE *out, const struct diff *diff, uint32_t function);

/* The line below a table that leaves rows out. */
void diff_text_left_out(FILE *out, uint32_t count, const char *what);

void diff_text_causes(FILE *out, const struct diff *diff, const struct diff_page *page);

/* The table of functions, or of edges. */
int diff_text_rows(FILE *out, const struct diff *diff, const struct diff_page *page, bool is_edge,
                   struct error *error);

#endif
