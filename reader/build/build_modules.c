/* SPDX-License-Identifier: MIT */
/* See build_modules.h. A segment knows where a module's code is mapped, and its bias. */
#include "build_modules.h"

#include <string.h>

static bool is_alive(const struct segment_module *module, uint64_t generation) {
    return generation >= module->from_generation && generation < module->to_generation;
}

uint32_t build_module_of_code(const struct snapshot *snapshot, uint64_t address,
                              uint64_t generation) {
    for (uint32_t i = 0; i < snapshot->module_count; i++) {
        const struct segment_module *module = &snapshot->modules[i];
        if (address >= module->start && address < module->limit && is_alive(module, generation))
            return i;
    }
    return SNAPSHOT_NONE;
}

/* Modules do not overlap: it is the last one that begins before the address. */
uint32_t build_module_of_data(const struct snapshot *snapshot, uint64_t address,
                              uint64_t generation) {
    uint32_t found = SNAPSHOT_NONE;
    for (uint32_t i = 0; i < snapshot->module_count; i++) {
        const uint64_t bias = snapshot->modules[i].bias;
        if (bias <= address && is_alive(&snapshot->modules[i], generation) &&
            (found == SNAPSHOT_NONE || bias > snapshot->modules[found].bias))
            found = i;
    }
    return found;
}

uint32_t build_module_of_hooks(const struct snapshot *snapshot, uint32_t generation) {
    for (uint32_t i = 0; generation != 0 && i < snapshot->module_count; i++) {
        if (snapshot->modules[i].hooks_generation == generation)
            return i;
    }
    return SNAPSHOT_NONE;
}

const char *build_module_name(const struct segment_module *module) {
    const char *slash = strrchr(module->path, '/');
    return slash == NULL ? module->path : slash + 1;
}
