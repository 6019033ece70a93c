/* SPDX-License-Identifier: MIT */
/*
 * Where cinstr's own libraries are. Called by the commands that hand one to another program.
 */
#ifndef CINSTR_CLI_LIBRARY_H
#define CINSTR_CLI_LIBRARY_H

#include <linux/limits.h>
#include <stdbool.h>

/* The directory of the library: beside this command, as where it is built, or the lib directory
 * beside its bin. */
bool library_find(const char *name, char directory[PATH_MAX]);

#endif
