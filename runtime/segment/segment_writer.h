/* SPDX-License-Identifier: MIT */
/* The space in the segment. */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

/* The space of a new segment: nothing of it is taken. */
void segment_space_init(void);

/* Makes sure of the space for one more entry in the table of modules. */
bool segment_ready_module(uint32_t index);
/* Likewise of labels. */
bool segment_ready_label(uint32_t index);

/* Takes one block of nodes / `pages` consecutive pages of the heap / one lane slot.
 * Async-signal-safe. 0, NULL or UINT32_MAX when there is no more. Zeroed. */
uint32_t segment_take_block(void); /* index; block 0 is never given out */
void *segment_take_heap(size_t size);
uint32_t segment_take_lane(void);
/* Also what was kept for when there is no more: for what edges need alone, so that their counts stay
 * exact when contexts have no room any more. */
bool segment_is_short(void); /* of nodes */
uint32_t segment_take_last_block(void);
void *segment_take_last_heap(size_t size);
/* Give back; the caller holds the process lock. */
void segment_give_block(uint32_t block);
void segment_give_heap(void *memory, size_t size);
void segment_give_lane(uint32_t lane);
uint64_t segment_blocks_in_use(void);

extern uint32_t *tree_block_next; /* by block: the owner's next block + 1 */

#endif
