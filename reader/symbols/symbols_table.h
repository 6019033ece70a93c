/* SPDX-License-Identifier: MIT */
/*
 * The functions of a symbol table: one name for each address where a function begins, and the
 * function's size. Filled by symbols.c once for each module. Names point into the file and live as
 * long as it is open.
 */
#ifndef CINSTR_READER_SYMBOLS_TABLE_H
#define CINSTR_READER_SYMBOLS_TABLE_H

#include <stdbool.h>

#include "reader/base/error.h"
#include "symbols_file.h"
#include "symbols_intervals.h"

struct table_symbol {
    uint64_t address;
    uint64_t size; /* 0: the file does not say */
    uint64_t room; /* bytes from there to the end of its section */
    const char *name;
    int rank; /* the alias with the lowest value names the function */
    bool is_ifunc, is_defined;
};

struct symbols_table { /* starts all zero */
    struct table_symbol *symbols;
    uint32_t count, capacity;
    struct intervals ranges; /* values: indices of symbols */
    bool is_stripped;        /* only what is exported has a name */
    bool has_ifuncs;
};

/* Adds all function symbols, unsorted and with their aliases: fills `symbols` and the fields
 * below it. False when out of memory. */
bool symbols_table_read(struct symbols_table *table, const struct symbols_file *file);

/* Reads .symtab of the module's file or of its debug file, else .dynsym. 0, or -1 with `error`
 * filled. */
int symbols_table_fill(struct symbols_table *table, const struct symbols_file *file,
                       struct error *error);
void symbols_table_free(struct symbols_table *table);

/* The name of the function that begins at the address, or else contains it; NULL none. */
const char *symbols_table_name(const struct symbols_table *table, uint64_t address);

/* Whether the file defines a function whose name begins so. */
bool symbols_table_defines(const struct symbols_table *table, const char *beginning);

#endif
