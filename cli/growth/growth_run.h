/* SPDX-License-Identifier: MIT */
/* Runs a program once for each size of its input. Called by cmd_growth.c. */
#ifndef CINSTR_CLI_GROWTH_RUN_H
#define CINSTR_CLI_GROWTH_RUN_H

#include "growth_rows.h"

/* Runs argv with "{}" replaced by each of the sizes, which `texts` holds as they were given, and
 * reads the profiles that it writes; those of several processes are added up. Its input is empty
 * and its output goes nowhere. -1 with `error` filled, too when the program fails. */
int growth_run(struct growth *growth, char *const *texts, char **argv, struct error *error);

#endif
