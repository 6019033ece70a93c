/* SPDX-License-Identifier: MIT */
/*
 * The separate file of debug information that belongs to a module.
 */
#ifndef CINSTR_READER_SYMBOLS_DEBUG_FILE_H
#define CINSTR_READER_SYMBOLS_DEBUG_FILE_H

#include <cinstr/segment.h>

#include "symbols_elf.h"

/* Looks for the debug file of `main`, whose path is `path`, where distributions and debuggers
 * keep such files; when `main` has no file, for that of the module. Leaves `debug` all zero if
 * there is none. */
void symbols_debug_find(struct symbols_elf *debug, const struct segment_module *module,
                        const struct symbols_elf *main, const char *path);

#endif
