/* SPDX-License-Identifier: MIT */
/*
 * What debug information says of one function: its name and where it is defined. The same for every
 * copy of the function: out of line, cloned, split or inlined, and in whichever compile unit.
 */
#ifndef CINSTR_READER_SYMBOLS_DEFINITION_H
#define CINSTR_READER_SYMBOLS_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>

#include <elfutils/libdw.h>

#include "symbols_paths.h"

struct definition {
    const void *origin; /* what all copies in one compile unit refer to */
    const char *name;   /* the linker's or, if it has none, the source's; NULL not known */
    const char *file;   /* one pointer a file (symbols_paths.h); "" not known */
    int64_t line;       /* 0 not known */
};

/* `die`: a subprogram or an inlined subroutine. */
struct definition definition_read(Dwarf_Die *die, struct paths *paths);
bool definition_equals(const struct definition *a, const struct definition *b);

/* Where the call stands whose callee was inlined as `die`: file and line alone. */
struct definition definition_read_call(Dwarf_Die *die, struct paths *paths);

/* Where the code at an address of the unit's comes from: file and line alone. */
struct definition definition_read_row(Dwarf_Die *unit, uint64_t address, struct paths *paths);

#endif
