/* SPDX-License-Identifier: MIT */
/* The table of transitions, slow half: see lookup.h. */
#include "lookup.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_writer.h"

void lookup_put(struct lane *lane, uint32_t parent, const struct segment_node *node) {
    const uint64_t mask = (UINT64_C(1) << (64 - lane->lookup_shift)) - 1;
    uint64_t slot = lookup_slot(lane, parent, node->function, node->call_site);
    while (lane->lookup[slot] != 0)
        slot = (slot + 1) & mask;
    lane->lookup[slot] = (uint64_t)parent << 32 | node_offset(lane, node);
    lane->lookup_used++;
}

/* The second lookup table takes a page. */
#define PAGE_BITS    9u
#define PAGE_ENTRIES (UINT64_C(1) << PAGE_BITS)

/* If there is no memory for it, the small table stays in use. */
static void memo_grow(struct lane *lane) {
    struct lane_memo *memo = segment_take_heap(MEMO_FULL * sizeof(*memo));
    if (memo != NULL)
        memo_use(lane, memo, MEMO_FULL);
}

/* When the table cannot grow, half of the free entries are reserved for edges. */
static bool has_left(const struct lane *lane, uint64_t entries, bool is_last) {
    return lane->lookup_used < (is_last ? entries - 1 : entries - entries / 4);
}

static bool has_room(struct lane *lane, bool is_last) {
    const uint64_t entries = UINT64_C(1) << (64 - lane->lookup_shift);
    const uint32_t bits = entries < PAGE_ENTRIES ? PAGE_BITS : 65 - lane->lookup_shift;
    uint64_t *old = lane->lookup;
    uint64_t *larger;
    if (lane->lookup_used < entries / 2)
        return true;
    if (memo_entries(lane) == MEMO_FIRST)
        memo_grow(lane);
    larger = is_last ? segment_take_last_heap(sizeof(*larger) << bits)
                     : segment_take_heap(sizeof(*larger) << bits);
    if (larger == NULL)
        return has_left(lane, entries, is_last);
    lane->lookup = larger;
    lane->lookup_shift = 64 - bits;
    lane->lookup_used = 0;
    for (uint64_t i = 0; i < entries; i++) {
        if (old[i] != 0)
            lookup_put(lane, (uint32_t)(old[i] >> 32), node_at(lane, (uint32_t)old[i]));
    }
    /* The first table shares a page with the first frames: see lanes.c. */
    if (entries >= PAGE_ENTRIES && process_try_lock()) {
        segment_give_heap(old, entries * sizeof(*old));
        process_unlock();
    }
    return true;
}

bool lookup_has_room(struct lane *lane) {
    return has_room(lane, false);
}

bool lookup_has_last_room(struct lane *lane) {
    return has_room(lane, true);
}
