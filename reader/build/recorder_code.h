/* SPDX-License-Identifier: MIT */
/*
 * Which code is the recorder's: the library's, and the hooks that are linked into each instrumented
 * module. A sample there was taken in a probe. Called by build_locations.c.
 */
#ifndef CINSTR_READER_RECORDER_CODE_H
#define CINSTR_READER_RECORDER_CODE_H

#include "reader/symbols/symbols.h"

/* Whether the function that `symbol` names, in `module`, is the recorder's. */
bool recorder_code_has(const struct segment_module *module, const struct symbol *symbol);

/* What the code of the module, `index` of the symbols, is. Opens its symbol table at most: reading
 * the debug information of a libc takes longer than building a profile. */
enum recorder_code {
    RECORDER_CODE_UNKNOWN,
    RECORDER_CODE_NONE,
    RECORDER_CODE_PARTLY,
    RECORDER_CODE_ONLY
};
enum recorder_code recorder_code_in(const struct segment_module *module, struct symbols *symbols,
                                    uint32_t index);

#endif
