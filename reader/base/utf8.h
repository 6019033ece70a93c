/* SPDX-License-Identifier: MIT */
/*
 * Names of files, threads and functions may be any bytes, but profiles and traces need UTF-8.
 * Thread-safe.
 */
#ifndef CINSTR_READER_UTF8_H
#define CINSTR_READER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_is_valid(const char *text, size_t size);

/* A copy of the text in which each byte that is not part of valid UTF-8 is spelled out:
 * "caf\xe9". It is NUL-terminated, with `*length` bytes before the NUL; the caller frees it.
 * NULL when out of memory. */
char *utf8_escape(const char *text, size_t size, size_t *length);

/* Replaces each such byte of a NUL-terminated text with a question mark. */
void utf8_clean(char *text);

#endif
