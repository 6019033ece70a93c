/* SPDX-License-Identifier: MIT */
/*
 * All that is known of one module: its file, symbol table, debug information. Opened by symbols.c
 * when something of it is first asked for. Addresses are the file's own.
 */
#ifndef CINSTR_READER_SYMBOLS_MODULE_H
#define CINSTR_READER_SYMBOLS_MODULE_H

#include "reader/base/arena.h"
#include "symbols_by_name.h"
#include "symbols_inlined.h"
#include "symbols_scopes.h"

struct module { /* starts all zero but for `as_loaded` */
    struct segment_module as_loaded;
    bool is_open; /* or cannot be */
    bool has_lost_lines;
    struct symbols_file file;
    struct symbols_table table;
    struct symbols_by_name names;
    struct scopes scopes;
    struct inlined_records inlined;
    struct error complaint;
};

/* Once; later calls do nothing. `out_of_memory` as for scopes_open(). What fails is complained of.
 */
void module_open(struct module *module, Dwarf_OOM out_of_memory);
void module_close(struct module *module);

/* The file's name without its folders. */
const char *module_base_name(const struct module *module);

/* The first complaint stays. */
void module_complain(struct module *module, const char *reason);
void module_complain_of_lack(struct module *module);

/* Where the code is of the function that has this address; a function of several versions has that
 * of a stub, and its code is one of these. */
uint64_t module_code(struct module *module, uint64_t address);

/* The name in the symbol table of the function that begins at or holds the address; of a version of
 * a function, the function's. NULL: none. Lives as long as the module is open, or the arena. */
const char *module_symbol(struct module *module, struct profile_arena *arena, uint64_t address);

#endif
