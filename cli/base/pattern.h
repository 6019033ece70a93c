/* SPDX-License-Identifier: MIT */
/*
 * Names of functions as a person writes them in a rule: `parse`, `json_*`, `malloc|calloc`, and in
 * quotes what has blanks or operators, "operator new(unsigned long)". Used by the check and growth
 * commands. Safe on any text: no recursion, no more memory than the text's own size.
 */
#ifndef CINSTR_CLI_PATTERN_H
#define CINSTR_CLI_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"

struct pattern {         /* all zero: none */
    char *text;          /* as it was written; NULL: no pattern */
    char **alternatives; /* of which one has to match */
    uint32_t count;
    bool has_wildcards;
};

/* Reads a pattern at *at and moves *at behind it and any blanks. -1 with `error` filled, *at where
 * the fault is, and nothing to be freed. */
int pattern_parse(struct pattern *pattern, const char **at, struct error *error);
void pattern_free(struct pattern *pattern);

/* Whether a function is meant. A pattern without arguments also stands for functions with any,
 * and any return type, as C++ has them in its names. */
bool pattern_matches(const struct pattern *pattern, const char *function);

/* Moves *at over blanks. */
void pattern_skip_blanks(const char **at);

#endif
