/* SPDX-License-Identifier: MIT */
/* Files that a command is given to read. */
#ifndef CINSTR_CLI_INPUT_H
#define CINSTR_CLI_INPUT_H

#include "reader/base/error.h"

/* Opens the file; "-": standard input. Waits until a pipe has a writer, and says so. Refuses devices
 * that may never end; terminals and /dev/null are none. Returns -1 with `error` filled. */
int input_open(const char *path, struct error *error);

/* How messages and profiles name the file: its path, or "standard input" for "-". */
const char *input_name(const char *path);

#endif
