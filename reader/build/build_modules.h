/* SPDX-License-Identifier: MIT */
/*
 * The module that an address belonged to, among those loaded in a generation, and what its file is
 * called. Called by the files of this room alone.
 */
#ifndef CINSTR_READER_BUILD_MODULES_H
#define CINSTR_READER_BUILD_MODULES_H

#include "reader/snapshot/snapshot.h"

/* Index of the module that had code at the address; SNAPSHOT_NONE: none. */
uint32_t build_module_of_code(const struct snapshot *snapshot, uint64_t address,
                              uint64_t generation);

/* The same for an address of data; it need not be in a module. */
uint32_t build_module_of_data(const struct snapshot *snapshot, uint64_t address,
                              uint64_t generation);

/* The module whose hooks alone make words of that generation; SNAPSHOT_NONE: none. */
uint32_t build_module_of_hooks(const struct snapshot *snapshot, uint32_t generation);

/* The name of the module's file without its folders; "": the file is not known. */
const char *build_module_name(const struct segment_module *module);

#endif
