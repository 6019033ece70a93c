/* SPDX-License-Identifier: MIT */
/*
 * What debug information says of a function: its name, and where it is defined. This is the same
 * for every copy of the function: out of line, cloned, split or inlined, and in any compile unit.
 */
#ifndef CINSTR_READER_SYMBOLS_DEFINITION_H
#define CINSTR_READER_SYMBOLS_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>

#include <elfutils/libdw.h>

#include "symbols_paths.h"

struct definition {
    const void *origin; /* the DIE that all copies in one compile unit refer to */
    const char *name;   /* the linker's name or, if there is none, the source's; NULL unknown */
    const char *file;   /* equal files are equal pointers (symbols_paths.h); "" unknown */
    int64_t line;       /* 0 not known */
};

/* `die`: a subprogram or an inlined subroutine. */
struct definition definition_read(Dwarf_Die *die, struct paths *paths);
bool definition_equals(const struct definition *a, const struct definition *b);

/* The place of the call whose callee was inlined as `die`: file and line alone. */
struct definition definition_read_call(Dwarf_Die *die, struct paths *paths);

/* The source of the code at an address of the unit: file and line alone. */
struct definition definition_read_row(Dwarf_Die *unit, uint64_t address, struct paths *paths);

#endif
