/* SPDX-License-Identifier: MIT */
/* The space in the segment. */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

/* Starts with the whole space of a new segment free. */
void segment_space_init(void);

/* Allocates the space for one more entry in the table of modules. */
bool segment_ready_module(uint32_t index);
/* Likewise of labels. */
bool segment_ready_label(uint32_t index);

/* Take one block of nodes, `pages` consecutive pages of the heap, or one lane slot, all zeroed.
 * Async-signal-safe. 0, NULL or UINT32_MAX when there is no more. */
uint32_t segment_take_block(void); /* an index; block 0 is never handed out */
void *segment_take_heap(size_t size);
uint32_t segment_take_lane(void);
/* The same, including what was kept for the time when there is no more: only for what edges need, so
 * that their counts stay exact when there is no room for contexts. */
bool segment_is_short(void); /* of nodes */
uint32_t segment_take_last_block(void);
void *segment_take_last_heap(size_t size);
/* Give them back; the caller holds the process lock. */
void segment_give_block(uint32_t block);
void segment_give_heap(void *memory, size_t size);
void segment_give_lane(uint32_t lane);
uint64_t segment_blocks_in_use(void);

extern uint32_t *tree_block_next; /* by block: 1 + the owner's next block */

#endif
