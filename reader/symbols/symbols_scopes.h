/* SPDX-License-Identifier: MIT */
/*
 * Finds by debug information which function the code at an address was compiled from, and which
 * were inlined there. Made once for each module by symbols.c. Each compile unit is walked once,
 * when it is first needed; a look-up costs the same in a unit of ten functions as in one of a
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
    uint64_t budget;         /* ranges left that an honest file can have */
    struct paths paths;
    bool lacks_split; /* the .dwo file of a unit is missing */
    bool is_cut;      /* there was no memory for all of a unit */
};

/* Finds the units in `elf`; `code` says which code the linker kept. When libdw is out of memory
 * it calls `out_of_memory`, here and in the functions below, instead of ending the process. That
 * function must not return but jump past the caller, who then may not use these scopes again. -1
 * with `error` filled. */
int scopes_open(struct scopes *scopes, Elf *elf, const struct intervals *code,
                Dwarf_OOM out_of_memory, struct error *error);
void scopes_close(struct scopes *scopes);

/* The function that was compiled to contain the address. If the linker folded several into one,
 * the one with this name, if there is one. NULL: unknown. Addresses are the file's own. */
const struct definition *scopes_function(struct scopes *scopes, uint64_t address, const char *name);

/* The line of the function, in the file where it is defined, that the code at the address was
 * made from; 0: it is from another function or file, or unknown. */
int64_t scopes_line(struct scopes *scopes, const struct definition *function, uint64_t address);

/* The source of the code at the address by the line table alone: where debug information was
 * reduced (-gline-tables-only), most functions have nothing else. "" and 0: unknown. */
struct definition scopes_row(struct scopes *scopes, uint64_t address);

#endif
