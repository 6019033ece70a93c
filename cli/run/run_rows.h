/* SPDX-License-Identifier: MIT */
/*
 * The recorder's options (cinstr/options.def) as options of the run command: those that have a name
 * there. Called by the run command.
 */
#ifndef CINSTR_CLI_RUN_ROWS_H
#define CINSTR_CLI_RUN_ROWS_H

#include <cinstr/options.h>

#include <getopt.h>
#include <stdio.h>

enum { RUN_ROWS_FIRST = 256 }; /* what getopt_long() returns for the first row */

/* The options for getopt_long(): those of the rows, and then `others`, which ends with zeros. */
const struct option *run_rows_names(const struct option *others);

/* The row of the option that getopt_long() has returned, or that has this name; NULL: none. */
const struct option_row *run_row(int option);
const struct option_row *run_row_named(const char *name);

/* The lines of help, in two columns. */
void run_rows_print(FILE *out);

#endif
