/* SPDX-License-Identifier: MIT */
/* Finds the file of a program that is called by its name. Called by `cinstr run` and `cinstr
 * cc`. */
#ifndef CINSTR_CLI_PROGRAM_H
#define CINSTR_CLI_PROGRAM_H

#include <linux/limits.h>

/* The file that a name stands for along PATH, with links followed; "" none. */
void program_find(const char *name, char path[PATH_MAX]);

#endif
