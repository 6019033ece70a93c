/* SPDX-License-Identifier: MIT */
/* See build_entry.h. */
#include "build_entry.h"

#include "build_modules.h"

uint64_t build_entry(const struct snapshot *snapshot, struct symbols *symbols, uint64_t function,
                     uint32_t *module) {
    const uint64_t entry = function & SEGMENT_ADDRESS_MASK;
    const uint32_t generation = segment_generation(function);
    const uint32_t hooks = build_module_of_hooks(snapshot, generation);
    uint64_t own = 0;
    *module = build_module_of_code(snapshot, entry, generation);
    if (hooks != SNAPSHOT_NONE && *module != SNAPSHOT_NONE && hooks != *module)
        own = symbols_own(symbols, *module, entry, hooks);
    if (own == 0)
        return entry;
    *module = hooks;
    return own;
}
