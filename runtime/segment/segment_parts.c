/* SPDX-License-Identifier: MIT */
/* See segment_parts.h. */
#include "segment_parts.h"

#include <stdint.h>
#include <string.h>

struct segment_parts segment;

void *segment_column(const char *name) {
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        if (strcmp(segment.header->columns[i].name, name) == 0)
            return segment.base + segment.header->columns[i].offset;
    }
    return NULL;
}
