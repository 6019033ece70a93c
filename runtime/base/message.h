/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_MESSAGE_H
#define CINSTR_RUNTIME_BASE_MESSAGE_H

#include <stdbool.h>

/* Notes what standard error is when the program starts. */
void message_begin(void);

/* Prints one line on standard error, "cinstr: ...", if it is welcome there. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A program that has closed standard error may have a file of its own by that number. A file that was not
 * there at the start gets no line of ours, unless it is one that lines are appended to. */
bool message_is_welcome(void);

#endif
