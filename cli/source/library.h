/* SPDX-License-Identifier: MIT */
/*
 * Where cinstr's own libraries are. Called by the commands that hand one to another program.
 */
#ifndef CINSTR_CLI_LIBRARY_H
#define CINSTR_CLI_LIBRARY_H

#include <linux/limits.h>
#include <stdbool.h>

/* Finds the directory of a library: the command's own directory, as in a build tree, or the lib
 * directory beside it. */
bool library_find(const char *name, char directory[PATH_MAX]);

#endif
