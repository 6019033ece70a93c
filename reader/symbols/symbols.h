/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses: which function begins at an address, and which source line of it makes a
 * call. From .symtab, .dynsym and DWARF of the modules' files or their separate debug files, found
 * by build id. Used when a profile is built from a snapshot.
 *
 * Files come from the user's disk and are untrusted: a broken one gives no names, never a crash.
 * Nothing here goes to the network or runs another program.
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

/* The modules, by index from now on, are copied; files are opened when first asked for. NULL with
 * `error` filled (out of memory). Not thread-safe; strings it returns live as long as it does. */
struct symbols *symbols_new(const struct segment_module *modules, uint32_t count,
                            struct error *error);
void symbols_free(struct symbols *symbols);

/* The function that begins at, or else holds, `address` (of the process). False: not known; then
 * `symbol` has a name made of the module and the offset ("libfoo.so+0x1234") and no file. */
bool symbols_function(struct symbols *symbols, uint32_t module, uint64_t address,
                      struct symbol *symbol);

/* The line, in the file of the function that begins at `function`, of the code at `address` (for a
 * call: the return address - 1). 0 when that code does not belong to the function (its own range, a
 * part split off from it, a copy of it inlined into another), lies in another file, or is not
 * known. Both addresses are in `module`. */
int64_t symbols_line(struct symbols *symbols, uint32_t module, uint64_t function, uint64_t address);

/* Where the module `other` defines a function of the same name as the one at `address` in `module`:
 * an address of the process. 0: nowhere. */
uint64_t symbols_own(struct symbols *symbols, uint32_t module, uint64_t address, uint32_t other);

/* The functions that the module's file says are instrumented (cinstr/plugin_sections.h): addresses
 * of the process, ascending, each once; none when the file has no such table. To be freed by the
 * caller. -1 with `error` filled: the file is not there, or not the one that ran. */
struct instrumented { /* starts all zero */
    uint64_t *addresses;
    uint32_t count;
};
int symbols_instrumented(struct symbols *symbols, uint32_t module, struct instrumented *functions,
                         struct error *error);

/* How many times a plain build's run time it was to take, by the list that the module was built
 * with (cinstr/plugin_sections.h). 0: it does not say, or its file has not been opened by asking
 * for one of its functions. */
double symbols_prediction(const struct symbols *symbols, uint32_t module);

/* What is to be added to addresses of each of the profile's mappings to make them those of the ELF
 * file. NULL when out of memory; to be freed by the caller. */
uint64_t *symbols_shifts(const struct profile *profile);

/* A call that was inlined, by the address of its record: see cinstr/inlined.h. */
struct symbols_inlined {
    struct symbol function; /* what was called */
    int64_t line;           /* of the call, in its caller's file; 0 unknown */
    uint64_t caller; /* address of the caller's record; 0: the caller is in code of its own */
    bool is_open;    /* that code's function has hooks */
};

/* False: there is no record at `address` (of the process). */
bool symbols_inlined(struct symbols *symbols, uint32_t module, uint64_t address,
                     struct symbols_inlined *call);

/* Why a module has no names, as a line for the profile's comments; NULL when there is nothing to
 * say ("libfoo.so: the file has changed since (build id)", "no debug information: no lines"). */
const char *symbols_complaint(const struct symbols *symbols, uint32_t module);

#endif
