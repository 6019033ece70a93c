/* SPDX-License-Identifier: MIT */
/*
 * Whose code lies at an address, by debug information: the function that it was compiled as, and
 * those inlined there. Made once a module by symbols.c. Each compile unit is walked when first
 * asked about, and once: a look-up costs the same in a unit of ten functions as in one of a
 * hundred thousand.
 */
#ifndef CINSTR_READER_SYMBOLS_SCOPES_H
#define CINSTR_READER_SYMBOLS_SCOPES_H

#include <stdbool.h>

#include <elfutils/libdw.h>

#include "reader/base/error.h"
#include "symbols_definition.h"
#include "symbols_intervals.h"

struct unit;

struct scopes { /* starts all zero */
    Dwarf *dwarf;
    Dwarf_OOM out_of_memory;
    const struct intervals *code;
    struct unit *units;
    uint32_t count, capacity;
    struct intervals ranges; /* values: indices of units */
    uint64_t budget;         /* ranges left that an honest file of this size can hold */
    struct paths paths;
    bool lacks_split; /* a unit's .dwo file is not there */
    bool is_cut;      /* out of memory for all of a unit */
};

/* Finds the units in `elf`; `code` tells what is left of what linkers threw away. libdw, which
 * would else exit, calls `out_of_memory`: here and in what is below. That must not return but jump
 * past the caller, who then uses these scopes no more. -1 with `error` filled. */
int scopes_open(struct scopes *scopes, Elf *elf, const struct intervals *code,
                Dwarf_OOM out_of_memory, struct error *error);
void scopes_close(struct scopes *scopes);

/* The function compiled to hold the address; of several that were folded into one, that with this
 * name, if any. NULL: not known. Addresses are the file's own. */
const struct definition *scopes_function(struct scopes *scopes, uint64_t address, const char *name);

/* The line of the function's, in the file where it is defined, that the code at the address was
 * made for; 0: of another function or file, or not known. */
int64_t scopes_line(struct scopes *scopes, const struct definition *function, uint64_t address);

/* Where the code at the address comes from, by the table of lines alone: that is all there is of
 * most functions where debug information was cut down (-gline-tables-only). "" and 0: not known. */
struct definition scopes_row(struct scopes *scopes, uint64_t address);

#endif
