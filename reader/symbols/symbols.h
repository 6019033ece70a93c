/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses: which function begins at an address, and which of its source lines makes a
 * call. Uses .symtab, .dynsym and DWARF of the modules' files or of their separate debug files,
 * which are found by build id. Used when a profile is built from a snapshot.
 *
 * Files come from the user's disk and are untrusted: a broken one gives no names, never a crash.
 * Nothing here uses the network or runs another program.
 */
#ifndef CINSTR_READER_SYMBOLS_H
#define CINSTR_READER_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "reader/base/error.h"

struct profile;
struct symbols;

struct symbol {
    const char *name;        /* demangled, without the compiler's clone suffixes */
    const char *system_name; /* as in the symbol table */
    const char *file;        /* where it is defined; "" unknown */
    int64_t line;            /* of its definition; 0 unknown */
};

/* Copies the modules, which are called by their index from now on; their files are opened when
 * first needed. NULL with `error` filled (out of memory). Not thread-safe. Strings that it
 * returns live as long as it does. */
struct symbols *symbols_new(const struct segment_module *modules, uint32_t count,
                            struct error *error);
void symbols_free(struct symbols *symbols);

/* The function that begins at `address` (of the process), or else contains it. False: it is not
 * known; then `symbol` has the module and the offset for a name ("libfoo.so+0x1234") and no
 * file. */
bool symbols_function(struct symbols *symbols, uint32_t module, uint64_t address,
                      struct symbol *symbol);

/* The source line of the code at `address` (for a call: the return address - 1), in the file of
 * the function that begins at `function`. 0 when the code does not belong to that function (its
 * range, a part split off from it, a copy of it inlined elsewhere), is in another file, or is
 * not known. Both addresses are in `module`. */
int64_t symbols_line(struct symbols *symbols, uint32_t module, uint64_t function, uint64_t address);

/* Where the module `other` defines a function with the name of the one at `address` in `module`:
 * an address of the process. 0: nowhere. */
uint64_t symbols_own(struct symbols *symbols, uint32_t module, uint64_t address, uint32_t other);

/* Whether the module's file defines a function whose name begins with `beginning`. Opens no debug
 * information, and what fails is not complained of. */
bool symbols_defines(struct symbols *symbols, uint32_t module, const char *beginning);

/* The functions that the module's file says are instrumented (cinstr/plugin_sections.h):
 * addresses of the process, ascending, without repetition; none when the file has no such table.
 * The caller frees them. -1 with `error` filled: the file is gone, or is not the one that ran. */
struct instrumented { /* starts all zero */
    uint64_t *addresses;
    uint32_t count;
};
int symbols_instrumented(struct symbols *symbols, uint32_t module, struct instrumented *functions,
                         struct error *error);

/* The run time that the list which the module was built with predicts, as a multiple of a plain
 * build's (cinstr/plugin_sections.h). 0: the module has none, or none of its functions was asked
 * for yet, so that its file is not open. */
double symbols_prediction(const struct symbols *symbols, uint32_t module);

/* For each of the profile's mappings, what to add to its addresses to get those of the ELF file.
 * NULL when out of memory; the caller frees it. */
uint64_t *symbols_shifts(const struct profile *profile);

/* An inlined call, by the address of its record: see cinstr/inlined.h. */
struct symbols_inlined {
    struct symbol function; /* the function called */
    int64_t line;           /* of the call, in its caller's file; 0 unknown */
    uint64_t caller;        /* address of the caller's record; 0: the caller has code of its own */
    bool is_open;           /* the function that the code belongs to has hooks */
};

/* False: there is no record at `address` (of the process). */
bool symbols_inlined(struct symbols *symbols, uint32_t module, uint64_t address,
                     struct symbols_inlined *call);

/* Why a module has no names, as a line for the profile's comments; NULL when there is nothing to
 * report ("libfoo.so: the file has changed since (build id)", "no debug information: no lines"). */
const char *symbols_complaint(const struct symbols *symbols, uint32_t module);

#endif
