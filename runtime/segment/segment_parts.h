/* SPDX-License-Identifier: MIT */
/* Where the parts of the segment lie. */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_PARTS_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_PARTS_H

#include <stdint.h>

#include <cinstr/segment.h>

/* Addresses of the parts of the segment; constant once it is made. */
struct segment_parts {
    char *base;
    struct segment_header *header;
    struct segment_module *modules;
    struct segment_lane *lanes;
    struct segment_label *labels;
    struct segment_block *blocks;
    char *nodes;
    char *heap;
    /* Columns by node index; NULL where this run has none. */
#define VALUE(...)
#define COLUMN(name, type, ...) type *name;
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
    char path[384]; /* of the file; "" when the segment lies in anonymous memory */
};
extern struct segment_parts segment;

/* The column of that name; NULL when there is none. */
void *segment_column(const char *name);

static inline struct segment_node *tree_node(uint32_t index) {
    return (struct segment_node *)segment.nodes + index;
}

static inline uint32_t tree_index(const struct segment_node *node) {
    return (uint32_t)(node - (const struct segment_node *)segment.nodes);
}

#endif
