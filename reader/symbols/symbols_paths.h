/* SPDX-License-Identifier: MIT */
/*
 * Source files as debug information names them, made absolute so that `pprof -list` finds them.
 * Equal paths are equal pointers, and live as long as the table.
 */
#ifndef CINSTR_READER_SYMBOLS_PATHS_H
#define CINSTR_READER_SYMBOLS_PATHS_H

#include <stdbool.h>

#include "reader/base/arena.h"

struct path;

struct paths { /* starts all zero */
    struct path *known;
    struct profile_arena arena;
    bool is_cut; /* out of memory */
};

/* `name` relative to `directory` (NULL unknown), made absolute. "" when there is no name or no
 * memory. */
const char *paths_intern(struct paths *paths, const char *directory, const char *name);
void paths_free(struct paths *paths);

#endif
