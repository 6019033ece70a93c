/* SPDX-License-Identifier: MIT */
/*
 * Which instrumented functions a profile has no call of. The tables that the LLVM plugin writes
 * into the files of the profile's process say which there are. Called by the report command.
 *
 * Functions with the same name and place of definition are one, however many copies of it the files
 * contain: it was called if any copy was.
 */
#ifndef CINSTR_READER_NEVER_CALLED_H
#define CINSTR_READER_NEVER_CALLED_H

#include <stdint.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"
#include "reader/symbols/symbols.h"

struct never_called {
    struct symbol *functions; /* without a call, by name */
    uint32_t count;
    uint32_t instrumented; /* functions in the tables, called or not */
    char **notes;          /* files whose table could not be read, a line each */
    uint32_t note_count;
    struct symbols *symbols; /* holds the names */
};

/* NULL with `error` filled; also when no file has a table. */
struct never_called *never_called_new(const struct profile *profile, struct error *error);
void never_called_free(struct never_called *never_called);

#endif
