/* SPDX-License-Identifier: MIT */
/*
 * The scopes of one compile unit: its functions and what was inlined into them. symbols_units.c
 * fills them in one walk over the unit's DIEs; symbols_scopes.c alone uses them.
 */
#ifndef CINSTR_READER_SYMBOLS_UNITS_H
#define CINSTR_READER_SYMBOLS_UNITS_H

#include "symbols_scopes.h"

struct scope {
    Dwarf_Die die;
    bool is_inlined;
    bool is_read; /* `definition` is filled; that happens when it is first needed */
    struct definition definition;
};

struct unit {
    Dwarf_Die die;
    bool is_walked;
    struct scope *scopes;
    uint32_t count, capacity;
    struct intervals ranges; /* values: indices of scopes, parents before children */
    const void *last;        /* the last DIE walked over */
};

/* Adds a DIE's ranges of code to the index. False when out of memory. */
bool unit_add_ranges(struct scopes *scopes, struct intervals *ranges, Dwarf_Die *die,
                     uint32_t value);

/* Fills the scopes of the unit, unless they are filled. What cannot be read is left out. */
void unit_walk(struct scopes *scopes, struct unit *unit);

#endif
