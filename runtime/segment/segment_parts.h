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
    uint64_t *off_cpu, *unwinds, *instructions; /* columns by node index; off_cpu may be NULL */
    uint64_t *samples;                          /* likewise; NULL unless sample= */
    uint64_t *min, *max, *timed_calls, *variance;
    uint32_t *histogram;
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
