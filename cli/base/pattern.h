/* SPDX-License-Identifier: MIT */
/*
 * Patterns for names of functions, as a person writes them in a rule: `parse`, `json_*`,
 * `malloc|calloc`, and in quotes names with blanks or operators, "operator new(unsigned long)".
 * Used by the check and growth commands. Safe on any text: matching does not recurse and needs no
 * memory; a pattern takes no more memory than its text.
 */
#ifndef CINSTR_CLI_PATTERN_H
#define CINSTR_CLI_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"

struct pattern {         /* all zero: none */
    char *text;          /* the pattern as it was written; NULL: none */
    char **alternatives; /* one of them has to match */
    uint32_t count;
    bool has_wildcards;
};

/* Reads a pattern at *at and moves *at behind it and the blanks that follow. On error returns -1
 * with `error` filled and *at at the mistake; nothing has to be freed then. */
int pattern_parse(struct pattern *pattern, const char **at, struct error *error);
void pattern_free(struct pattern *pattern);

/* Whether the pattern matches a function's name. A pattern without arguments also matches names
 * with any arguments and any return type, as demangled C++ names have them. */
bool pattern_matches(const struct pattern *pattern, const char *function);

/* Moves *at over blanks. */
void pattern_skip_blanks(const char **at);

#endif
