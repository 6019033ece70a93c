/* SPDX-License-Identifier: MIT */
/* The values of CINSTR_OPTIONS. The rows of the options are in include/cinstr/options.def. */
#ifndef CINSTR_RUNTIME_BASE_OPTIONS_H
#define CINSTR_RUNTIME_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_option { BLOCK_OFF, BLOCK_LOCKS, BLOCK_IO };
enum sample_clock_option { SAMPLE_CLOCK_CPU, SAMPLE_CLOCK_WALL };

typedef char option_text[512]; /* a name, or a pattern of one; "" not given */
typedef char option_place[256];

/* A field for each row, named like it: texts as they are, everything else as numbers. 0 is off. */
struct options {
#define OPTION(name, type, ...) type name;
#include <cinstr/options.def>
#undef OPTION
};
extern struct options options;

/* Reads CINSTR_OPTIONS, or NULL, and sets every option that it does not mention to its default.
 * Prints a line about what it cannot use. */
void options_read(const char *text);
/* Expands %p, %e (`program`), %h. False, after printing a line, when the result does not fit. */
bool options_expand(const char *pattern, const char *program, char *text, size_t size);

#endif
