/* SPDX-License-Identifier: MIT */
/* Where the parts of the segment lie, and the space in it. */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
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

/* Makes sure of the space for these bytes of the segment. */
bool segment_make_ready(char *start, uint64_t size);
/* The space of a new segment: nothing of it is taken. */
void segment_space_init(void);

/* Makes sure of the space for one more entry in the table of modules. */
bool segment_ready_module(uint32_t index);

/* Takes one block of nodes / `pages` consecutive pages of the heap / one lane slot.
 * Async-signal-safe. 0, NULL or UINT32_MAX when there is no more. Zeroed. */
uint32_t segment_take_block(void); /* index; block 0 is never given out */
void *segment_take_heap(size_t size);
uint32_t segment_take_lane(void);
/* Give back; the caller holds the process lock. */
void segment_give_block(uint32_t block);
void segment_give_heap(void *memory, size_t size);
void segment_give_lane(uint32_t lane);
uint64_t segment_blocks_in_use(void);

extern uint32_t *tree_block_next; /* by block: the owner's next block + 1 */

static inline struct segment_node *tree_node(uint32_t index) {
    return (struct segment_node *)segment.nodes + index;
}

static inline uint32_t tree_index(const struct segment_node *node) {
    return (uint32_t)(node - (const struct segment_node *)segment.nodes);
}

#endif
