/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_MESSAGE_H
#define CINSTR_RUNTIME_BASE_MESSAGE_H

#include <stdbool.h>

/* Notes what standard error is when the program starts. */
void message_begin(void);

/* Prints one line on standard error, "cinstr: ...", if it is welcome there. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A program that has closed standard error may have opened a file of its own with that number. A file
 * that was not there at the start gets none of our lines, unless it was opened for appending. Where a
 * sandbox forbids to look, lines are welcome. */
bool message_is_welcome(void);

#endif
