/* SPDX-License-Identifier: MIT */
/* What formats share: see export.h. */
#include "export.h"
#include "reader/analysis/value_error.h"

uint32_t export_values(const struct analysis *analysis, uint32_t *types) {
    uint32_t count = 0;
    types[count++] = analysis->value_type;
    for (uint32_t type = 0; type < analysis->profile->value_type_count; type++) {
        if (type != analysis->value_type && !value_error_is(analysis->profile, type))
            types[count++] = type;
    }
    return count;
}

int export_rows(struct report_rows *rows, struct analysis *analysis, struct error *error) {
    return analysis_add_tree(analysis, error) != 0
               ? -1
               : report_rows_tree(rows, analysis, &(struct report_options){0}, error);
}

static int printable(char letter) {
    return (unsigned char)letter < 0x20 || letter == 0x7f ? '?' : letter;
}

void export_name(FILE *out, const char *name) {
    for (; *name != '\0'; name++)
        putc_unlocked(printable(*name), out);
}

/* Walks up anew for each frame: that needs no memory, and most stacks are short. */
uint32_t export_frame(const struct analysis *analysis, uint32_t node, uint32_t depth) {
    while (analysis->nodes[node].depth > depth)
        node = analysis->nodes[node].parent;
    return node;
}

void export_stack(FILE *out, const struct analysis *analysis, uint32_t node, bool in_quotes) {
    for (uint32_t depth = 1; depth <= analysis->nodes[node].depth; depth++) {
        const uint32_t at = export_frame(analysis, node, depth);
        const char *name = analysis->functions[analysis->nodes[at].function].name;
        if (depth != 1)
            putc_unlocked(';', out);
        for (; *name != '\0'; name++) {
            if (in_quotes && *name == '"')
                putc_unlocked('"', out);
            putc_unlocked(*name == ';' ? ':' : printable(*name), out);
        }
    }
}
