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
    uint64_t address;    /* the file's own */
    const char *bytes;   /* in the file, and as long there as it is open */
    size_t size;
};

struct inlined_record {
    const char *name, *file; /* of the function called; "" unknown */
    int64_t function_line, line;
    uint64_t caller; /* the record that it came with, 0 none */
    bool is_open;
};

/* `elf` may be NULL. */
struct inlined_records inlined_find(Elf *elf);

/* False: there is no record at the address. */
bool inlined_read(const struct inlined_records *records, uint64_t address,
                  struct inlined_record *record);

#endif
