/* SPDX-License-Identifier: MIT */
/*
 * Errors of the reader as data: set where they occur, extended with context by callers, printed
 * once by the command. Functions that can fail return 0 or -1 (or NULL) and fill the error.
 */
#ifndef CINSTR_READER_ERROR_H
#define CINSTR_READER_ERROR_H

struct error {
    char message[512]; /* one line, without a newline; "" when none is set */
};

/* Sets the message (cut where too long). Returns -1, so that callers can `return error_set(...)`.
 */
int error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Does what error_set() does, and appends ": " and strerror(errno). */
int error_set_errno(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of the message that is set. Returns -1. */
int error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
