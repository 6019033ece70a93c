/* SPDX-License-Identifier: MIT */
/* What formats share: see export.h. */
#include <stdbool.h>

#include "export.h"
#include "reader/profile/profile_error.h"

static bool is_error(const struct profile *profile, uint32_t type) {
    for (uint32_t of = 0; of < profile->value_type_count; of++) {
        const struct profile_error error = profile_error_of(profile, of);
        if (error.model == type || error.variance == type)
            return true;
    }
    return false;
}

uint32_t export_values(const struct analysis *analysis, uint32_t *types) {
    uint32_t count = 0;
    types[count++] = analysis->value_type;
    for (uint32_t type = 0; type < analysis->profile->value_type_count; type++) {
        if (type != analysis->value_type && !is_error(analysis->profile, type))
            types[count++] = type;
    }
    return count;
}

void export_name(FILE *out, const char *name, char separator) {
    for (; *name != '\0'; name++) {
        const bool is_control = (unsigned char)*name < 0x20 || *name == 0x7f;
        putc(is_control ? '?' : *name == separator ? ':' : *name, out);
    }
}

void export_stack(FILE *out, const struct analysis *analysis, uint32_t node) {
    const uint32_t depth = analysis->nodes[node].depth;
    /* Upwards again for each frame: stacks are short, and need no memory of their own. */
    for (uint32_t wanted = 1; wanted <= depth; wanted++) {
        uint32_t at = node;
        while (analysis->nodes[at].depth > wanted)
            at = analysis->nodes[at].parent;
        if (wanted != 1)
            putc(';', out);
        export_name(out, analysis->functions[analysis->nodes[at].function].name, ';');
    }
}
