/* SPDX-License-Identifier: MIT */
/*
 * A module's file on disk, checked to be the one that ran, and its separate debug file if it has
 * one. Called by symbols.c when something of the module is first asked for. Looks at the local disk
 * alone: no debuginfod, no other program.
 *
 * The files stay mapped while in use: libelf reads them in place, so that gigabytes of debug
 * information cost no memory. Truncating a file in the meantime breaks this reader, as it breaks
 * the program that runs from the file.
 */
#ifndef CINSTR_READER_SYMBOLS_FILE_H
#define CINSTR_READER_SYMBOLS_FILE_H

#include <cinstr/segment.h>

#include "reader/base/error.h"
#include "symbols_elf.h"
#include "symbols_intervals.h"

struct symbols_file { /* starts all zero */
    struct symbols_elf main;
    struct symbols_elf debug;
    Elf *with_dwarf;       /* the one that has debug information; NULL: neither */
    struct intervals code; /* executable segments, at the file's own addresses */
};

/* 0, or -1 with `error` filled: no names at all. */
int symbols_file_open(struct symbols_file *file, const struct segment_module *module,
                      struct error *error);
void symbols_file_close(struct symbols_file *file);

#endif
