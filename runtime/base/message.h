/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_MESSAGE_H
#define CINSTR_RUNTIME_BASE_MESSAGE_H

/* Prints one line on standard error, "cinstr: ...". */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
