/* SPDX-License-Identifier: MIT */
/* The addresses of the segment's parts. */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_PARTS_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_PARTS_H

#include <stdint.h>

#include <cinstr/segment.h>

/* Addresses of the segment's parts; constant once it is made. */
struct segment_parts {
    char *base;
    struct segment_header *header;
    struct segment_module *modules;
    struct segment_lane *lanes;
    struct segment_label *labels;
    struct segment_block *blocks;
    char *nodes;
    char *heap;
    /* Columns by node index; NULL: this run does not have the column. */
#define VALUE(...)
#define COLUMN(name, type, ...) type *name;
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
    char path[384]; /* the file's path; "" when the segment is in anonymous memory */
};
extern struct segment_parts segment;

/* The column of that name; NULL when there is none. */
void *segment_column(const char *name);

/* Elements of a section in use; other threads may take more at any time. */
static inline uint64_t segment_count(enum segment_section_id id) {
    return __atomic_load_n(&segment.header->sections[id].count, __ATOMIC_SEQ_CST);
}

static inline struct segment_node *tree_node(uint32_t index) {
    return (struct segment_node *)segment.nodes + index;
}

static inline uint32_t tree_index(const struct segment_node *node) {
    return (uint32_t)(node - (const struct segment_node *)segment.nodes);
}

#endif
