/* SPDX-License-Identifier: MIT */
/* What CINSTR_OPTIONS asks for. Its rows are in include/cinstr/options.def. */
#ifndef CINSTR_RUNTIME_BASE_OPTIONS_H
#define CINSTR_RUNTIME_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_option { BLOCK_OFF, BLOCK_LOCKS, BLOCK_IO };
enum sample_clock_option { SAMPLE_CLOCK_CPU, SAMPLE_CLOCK_WALL };

typedef char option_text[512]; /* a name, or a pattern of one; "" not given */
typedef char option_place[256];

/* A field for each row, of its name: texts as they are, all else as numbers. 0 is off. */
struct options {
#define OPTION(name, type, ...) type name;
#include <cinstr/options.def>
#undef OPTION
};
extern struct options options;

/* Reads CINSTR_OPTIONS, or NULL, and sets all that it does not say to what holds without it.
 * Reports what it cannot use in one line. */
void options_read(const char *text);
/* Expands %p, %e (`program`), %h. False, which it reports, when the result does not fit. */
bool options_expand(const char *pattern, const char *program, char *text, size_t size);

#endif
