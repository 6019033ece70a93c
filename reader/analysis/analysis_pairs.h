/* SPDX-License-Identifier: MIT */
/*
 * A table from a pair of indices to a third: edges by (caller, callee), tree nodes by (parent,
 * function). Used by the analyses alone. The hash has a random seed, so that a hostile profile
 * cannot choose pairs that collide.
 */
#ifndef CINSTR_READER_ANALYSIS_PAIRS_H
#define CINSTR_READER_ANALYSIS_PAIRS_H

#include <stdint.h>

struct pair_slot {
    uint32_t first, second;
    uint32_t index; /* PROFILE_NONE: the slot is free */
};

struct pair_table { /* starts all zero */
    struct pair_slot *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t count;
    uint64_t seed;
};

/* The index stored for the pair. If there is none, stores `index` and returns it. PROFILE_NONE
 * when out of memory. */
uint32_t pair_table_intern(struct pair_table *table, uint32_t first, uint32_t second,
                           uint32_t index);
void pair_table_free(struct pair_table *table);

#endif
