/* SPDX-License-Identifier: MIT */
/* Which function a function word stands for. Called by build_locations.c. */
#ifndef CINSTR_READER_BUILD_ENTRY_H
#define CINSTR_READER_BUILD_ENTRY_H

#include "reader/snapshot/snapshot.h"
#include "reader/symbols/symbols.h"

/* Where the function begins that the word stands for, and in which module. Its address is that of
 * the first of its name that the dynamic linker had found; what ran is in the module whose hooks
 * said it. */
uint64_t build_entry(const struct snapshot *snapshot, struct symbols *symbols, uint64_t function,
                     uint32_t *module);

#endif
