/* SPDX-License-Identifier: MIT */
/*
 * Which instrumented functions a profile has no call of. Those that there are is told by the tables
 * that the LLVM plugin leaves in the files that the profile's process ran. Called by the report
 * command.
 *
 * A function is what has one name and place of definition, however many copies of it the files
 * hold: it was called if any copy was.
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
    struct symbols *symbols; /* to whom the names belong */
};

/* NULL with `error` filled; also when no file has a table. */
struct never_called *never_called_new(const struct profile *profile, struct error *error);
void never_called_free(struct never_called *never_called);

#endif
