/* SPDX-License-Identifier: MIT */
/*
 * The space in the segment: hands out parts of its arenas, and takes parts back. Async-signal-safe;
 * only growth waits, for other threads' growth.
 */
#include "segment_writer.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "runtime/base/page.h"
#include "runtime/base/state.h"
#include "segment_arena.h"
#include "segment_parts.h"

uint32_t *tree_block_next;

static _Atomic uint64_t blocks_in_use;

/* Pages that were given back, by power of two; each list is chained through the first word. */
#define FREE_CLASSES 24
static struct free_lists {
    uint32_t block; /* + 1, chained through tree_block_next */
    uint32_t lane;  /* + 1, chained through segment_lane.root */
    void *heap[FREE_CLASSES];
} free_lists;

/* They change under the process lock, and are looked at without it. */
#define IS_EMPTY(list)      (__atomic_load_n(&(list), __ATOMIC_RELAXED) == 0)
#define SET_HEAD(list, new) __atomic_store_n(&(list), new, __ATOMIC_RELAXED)

static void raise_count(enum segment_section_id id, uint64_t count) {
    uint64_t *mark = &segment.header->sections[id].count;
    uint64_t seen = __atomic_load_n(mark, __ATOMIC_RELAXED);
    while (seen < count && !__atomic_compare_exchange_n(mark, &seen, count, false, __ATOMIC_RELEASE,
                                                        __ATOMIC_RELAXED)) {
    }
}

bool segment_ready_module(uint32_t index) {
    return segment_make_ready((char *)&segment.modules[index], sizeof(segment.modules[index]));
}

bool segment_ready_label(uint32_t index) {
    return segment_make_ready((char *)&segment.labels[index], sizeof(segment.labels[index]));
}

/* --- handing out ------------------------------------------------------------------------------ */

static void clear_block(uint32_t block) {
    const uint64_t first = (uint64_t)block * SEGMENT_BLOCK_NODES;
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        memset(segment.base + column->offset + first * column->element_size, 0,
               (size_t)SEGMENT_BLOCK_NODES * column->element_size);
    }
    memset(segment.nodes + first * sizeof(struct segment_node), 0,
           SEGMENT_BLOCK_NODES * sizeof(struct segment_node));
}

static uint32_t take_block(bool is_last) {
    uint32_t block = 0;
    if (!IS_EMPTY(free_lists.block) && process_try_lock()) {
        if (free_lists.block != 0) {
            block = free_lists.block - 1;
            SET_HEAD(free_lists.block, tree_block_next[block]);
            tree_block_next[block] = 0;
        }
        process_unlock();
        if (block != 0) {
            atomic_fetch_add(&blocks_in_use, 1);
            clear_block(block);
            return block;
        }
    }
    const uint64_t size = SEGMENT_BLOCK_NODES * sizeof(struct segment_node);
    const uint64_t offset = arena_take(&segment_arenas.nodes, size, is_last);
    if (offset == UINT64_MAX)
        return 0;
    block = (uint32_t)(offset / size);
    atomic_fetch_add(&blocks_in_use, 1);
    raise_count(SEGMENT_SECTION_BLOCKS, block + UINT64_C(1));
    raise_count(SEGMENT_SECTION_NODES, (block + UINT64_C(1)) * SEGMENT_BLOCK_NODES);
    return block;
}

uint32_t segment_take_block(void) {
    return take_block(false);
}

uint32_t segment_take_last_block(void) {
    return take_block(true);
}

bool segment_is_short(void) {
    return atomic_load(&segment_arenas.nodes.is_full);
}

void segment_give_block(uint32_t block) {
    segment.blocks[block].count = 0;
    __atomic_store_n(&segment.blocks[block].lane, 0, __ATOMIC_RELEASE);
    atomic_fetch_sub(&blocks_in_use, 1);
    tree_block_next[block] = free_lists.block;
    SET_HEAD(free_lists.block, block + 1);
}

uint64_t segment_blocks_in_use(void) {
    return atomic_load(&blocks_in_use);
}

static unsigned size_class(size_t size) {
    unsigned class = 0;
    while ((PAGE << class) < size)
        class ++;
    return class;
}

static void *take_heap(size_t size, bool is_last) {
    const unsigned class = size_class(size);
    void *memory = NULL;
    if (class >= FREE_CLASSES)
        return NULL;
    if (!IS_EMPTY(free_lists.heap[class]) && process_try_lock()) {
        memory = free_lists.heap[class];
        if (memory != NULL)
            SET_HEAD(free_lists.heap[class], *(void **)memory);
        process_unlock();
        if (memory != NULL) {
            memset(memory, 0, PAGE << class);
            return memory;
        }
    }
    const uint64_t offset = arena_take(&segment_arenas.heap, PAGE << class, is_last);
    if (offset == UINT64_MAX)
        return NULL;
    raise_count(SEGMENT_SECTION_HEAP, offset + (PAGE << class));
    return segment.heap + offset;
}

void *segment_take_heap(size_t size) {
    return take_heap(size, false);
}

void *segment_take_last_heap(size_t size) {
    return take_heap(size, true);
}

void segment_give_heap(void *memory, size_t size) {
    const unsigned class = size_class(size);
    *(void **)memory = free_lists.heap[class];
    SET_HEAD(free_lists.heap[class], memory);
}

uint32_t segment_take_lane(void) {
    if (!IS_EMPTY(free_lists.lane) && process_try_lock()) {
        const uint32_t lane = free_lists.lane;
        if (lane != 0)
            SET_HEAD(free_lists.lane, segment.lanes[lane - 1].root);
        process_unlock();
        if (lane != 0)
            return lane - 1;
    }
    const uint64_t offset = arena_take(&segment_arenas.lanes, sizeof(struct segment_lane), false);
    if (offset == UINT64_MAX)
        return UINT32_MAX;
    const uint32_t lane = (uint32_t)(offset / sizeof(struct segment_lane));
    raise_count(SEGMENT_SECTION_LANES, lane + UINT64_C(1));
    return lane;
}

void segment_give_lane(uint32_t lane) {
    segment.lanes[lane].root = free_lists.lane;
    SET_HEAD(free_lists.lane, lane + 1);
}

void segment_space_init(void) {
    segment_arenas_init();
    memset(&free_lists, 0, sizeof(free_lists));
    atomic_store(&blocks_in_use, 0);
}
