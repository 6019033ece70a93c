/* SPDX-License-Identifier: MIT */
/*
 * Everything known of one module: its file, symbol table and debug information. Opened by symbols.c
 * when something of it is first asked for. Addresses are the file's own.
 */
#ifndef CINSTR_READER_SYMBOLS_MODULE_H
#define CINSTR_READER_SYMBOLS_MODULE_H

#include "reader/base/arena.h"
#include "symbols_by_name.h"
#include "symbols_inlined.h"
#include "symbols_scopes.h"

struct module { /* start with all zero but `as_loaded` */
    struct segment_module as_loaded;
    bool has_table; /* its file and symbol table are open, or cannot be opened */
    bool is_open;   /* its debug information as well */
    bool has_lost_lines;
    struct symbols_file file;
    struct symbols_table table;
    struct symbols_by_name names;
    struct scopes scopes;
    struct inlined_records inlined;
    struct error failure; /* why the file or its table cannot be opened; "" it can */
    struct error complaint;
};

/* Open the module once; later calls do nothing. The first opens no debug information and makes no
 * complaint; the other opens all, and failures become complaints. `out_of_memory` as for
 * scopes_open(). */
void module_open_table(struct module *module);
void module_open(struct module *module, Dwarf_OOM out_of_memory);
void module_close(struct module *module);

/* The file's name without its folders. */
const char *module_base_name(const struct module *module);

/* Records a complaint, unless there is one already. */
void module_complain(struct module *module, const char *reason);
void module_complain_of_lack(struct module *module);

/* Where the code of the function with this address is. The address of a function with several
 * versions is that of a stub; its code is one of the versions. */
uint64_t module_code(struct module *module, uint64_t address);

/* The symbol-table name of the function that begins at the address, or contains it; for a
 * version of a function, the function's. NULL: none. Lives as long as the module is open, or as
 * the arena. */
const char *module_symbol(struct module *module, struct profile_arena *arena, uint64_t address);

#endif
