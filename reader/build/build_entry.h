/* SPDX-License-Identifier: MIT */
/* The function that a function word stands for. Called by build_locations.c. */
#ifndef CINSTR_READER_BUILD_ENTRY_H
#define CINSTR_READER_BUILD_ENTRY_H

#include "reader/snapshot/snapshot.h"
#include "reader/symbols/symbols.h"

/* Where the function begins, and in which module. The address in the word is that of the first
 * function of its name that the dynamic linker found; the function that ran is in the module
 * whose hooks made the word. */
uint64_t build_entry(const struct snapshot *snapshot, struct symbols *symbols, uint64_t function,
                     uint32_t *module);

#endif
