/* SPDX-License-Identifier: MIT */
/* Runs a program once for each size of its input. Called by cmd_growth.c. */
#ifndef CINSTR_CLI_GROWTH_RUN_H
#define CINSTR_CLI_GROWTH_RUN_H

#include "growth_rows.h"

/* Runs argv once for each size, with "{}" replaced by its text in `texts`, and reads the
 * profiles that the program writes, adding up those of several processes. The program's input is
 * empty and its output is discarded. -1 with `error` filled, also when the program fails. */
int growth_run(struct growth *growth, char *const *texts, char **argv, struct error *error);

#endif
