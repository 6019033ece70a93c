/* SPDX-License-Identifier: MIT */
/*
 * The string table of a pprof file that is being written: a string gets its index when it first
 * occurs. Used by pprof_write.c and pprof_message.c.
 */
#ifndef CINSTR_READER_PPROF_STRINGS_H
#define CINSTR_READER_PPROF_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/base/arena.h"

struct pprof_strings {
    struct profile_arena arena;
    struct pprof_string *table;
    char **texts; /* texts[0] is "" */
    size_t count, capacity;
    bool failed; /* out of memory: indices since then are 0 */
};

/* Puts "" first into *strings, which is all zero. False when out of memory. */
bool pprof_strings_begin(struct pprof_strings *strings);

/* The texts must live as long as the table. */
int64_t pprof_string_index(struct pprof_strings *strings, const char *text);
void pprof_strings_free(struct pprof_strings *strings);

#endif
