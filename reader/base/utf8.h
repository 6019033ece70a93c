/* SPDX-License-Identifier: MIT */
/*
 * Names of files, threads and functions may be any bytes; what profiles and traces hold has to be
 * UTF-8. Thread-safe.
 */
#ifndef CINSTR_READER_UTF8_H
#define CINSTR_READER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_is_valid(const char *text, size_t size);

/* A copy of the text in which each byte that is no part of valid UTF-8 is spelled out: "caf\xe9".
 * NUL-terminated, `*length` bytes before that; to be freed by the caller. NULL when out of memory.
 */
char *utf8_escape(const char *text, size_t size, size_t *length);

/* Puts a question mark in the place of each such byte of a NUL-terminated text. */
void utf8_clean(char *text);

#endif
