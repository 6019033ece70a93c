/* SPDX-License-Identifier: MIT */
/*
 * The plugin's records of inlined calls (cinstr/inlined.h) in a module's file. Called by symbols.c.
 */
#ifndef CINSTR_READER_SYMBOLS_INLINED_H
#define CINSTR_READER_SYMBOLS_INLINED_H

#include <stdbool.h>
#include <stdint.h>

#include <libelf.h>

struct inlined_records { /* all zero: there are none */
    uint64_t address;    /* address in the file */
    const char *bytes;   /* the section's bytes; they live as long as the file is open */
    size_t size;
};

struct inlined_record {
    const char *name, *file; /* the function called; "" unknown */
    int64_t function_line, line;
    uint64_t caller; /* address of the caller's record, 0 none */
    bool is_open;
};

/* `elf` may be NULL. */
struct inlined_records inlined_find(Elf *elf);

/* False: there is no record at the address. */
bool inlined_read(const struct inlined_records *records, uint64_t address,
                  struct inlined_record *record);

#endif
