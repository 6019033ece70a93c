/* SPDX-License-Identifier: MIT */
/*
 * Text that came from a profile, a segment or a file, for a terminal: names in there may be
 * anything, and must not drive it. Used by all that prints for reading.
 */
#ifndef CINSTR_CLI_TEXT_H
#define CINSTR_CLI_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* Prints `text`; what is not printable in the user's locale becomes '?'. */
void text_print(FILE *out, const char *text);

/* The same of a function's name, shortened (short_name.h) unless all of it was asked for, which is
 * so for the rest of the run. */
void text_print_name(FILE *out, const char *name);
void text_show_long_names(void);

struct text_span {
    const char *text;
    size_t size;
};

/* Of a C++ function's demangled name the part between its return type, which those of templates
 * have, and its arguments; all of a C function's. Points into `name`. */
struct text_span text_plain_name(const char *name);

/* "  file:line" behind a name; nothing where the file is not known. */
void text_print_place(FILE *out, const char *file, int64_t line);

/* What follows the last '/'. */
const char *text_base_name(const char *path);

#endif
