/* SPDX-License-Identifier: MIT */
/*
 * Prints text from a profile, a segment or a file on a terminal. It may contain anything, and must
 * not control the terminal. Used by everything that prints for people.
 */
#ifndef CINSTR_CLI_TEXT_H
#define CINSTR_CLI_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* Prints `text`; characters that are not printable in the user's locale become '?'. */
void text_print(FILE *out, const char *text);

/* The same for a function's name, shortened (short_name.h) unless full names were asked for,
 * which holds for the rest of the run. */
void text_print_name(FILE *out, const char *name);
void text_show_long_names(void);

struct text_span {
    const char *text;
    size_t size;
};

/* The part of a demangled C++ name between the return type, which templates have, and the
 * arguments; a C function's whole name. Points into `name`. */
struct text_span text_plain_name(const char *name);

/* "  file:line" behind a name; nothing where the file is not known. */
void text_print_place(FILE *out, const char *file, int64_t line);

/* What follows the last '/'. */
const char *text_base_name(const char *path);

#endif
