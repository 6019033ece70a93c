/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing, at most two thirds full (see analysis_pairs.h). Called once
 * for each frame of each sample, millions of times a report: it allocates only to grow.
 */
#include "analysis_pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "reader/profile/profile.h"

enum { SMALLEST = 1024 };

static uint32_t pair_hash(const struct pair_table *table, uint32_t first, uint32_t second) {
    uint64_t hash = ((uint64_t)first << 32 | second) ^ table->seed;
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(hash >> 32);
}

/* The slot of the pair, or the free slot where it belongs. */
static struct pair_slot *pair_find(const struct pair_table *table, uint32_t first,
                                   uint32_t second) {
    uint32_t at = pair_hash(table, first, second);
    for (;; at++) {
        struct pair_slot *slot = &table->slots[at & (table->capacity - 1)];
        if (slot->index == PROFILE_NONE || (slot->first == first && slot->second == second))
            return slot;
    }
}

static int pair_table_grow(struct pair_table *table) {
    struct pair_table grown = {.count = table->count, .seed = table->seed};
    if (table->capacity > UINT32_MAX / 2) {
        errno = ENOMEM;
        return -1;
    }
    grown.capacity = table->capacity == 0 ? SMALLEST : table->capacity * 2;
    if (table->capacity == 0 && getrandom(&grown.seed, sizeof(grown.seed), GRND_NONBLOCK) < 0)
        grown.seed = (uintptr_t)table;
    grown.slots = reallocarray(NULL, grown.capacity, sizeof(*grown.slots));
    if (grown.slots == NULL)
        return -1;
    for (uint32_t i = 0; i < grown.capacity; i++)
        grown.slots[i].index = PROFILE_NONE;
    for (uint32_t i = 0; i < table->capacity; i++) {
        const struct pair_slot *slot = &table->slots[i];
        if (slot->index != PROFILE_NONE)
            *pair_find(&grown, slot->first, slot->second) = *slot;
    }
    free(table->slots);
    *table = grown;
    return 0;
}

uint32_t pair_table_intern(struct pair_table *table, uint32_t first, uint32_t second,
                           uint32_t index) {
    if (table->count >= table->capacity / 3 * 2 && pair_table_grow(table) != 0)
        return PROFILE_NONE;
    struct pair_slot *slot = pair_find(table, first, second);
    if (slot->index == PROFILE_NONE) {
        *slot = (struct pair_slot){.first = first, .second = second, .index = index};
        table->count++;
    }
    return slot->index;
}

void pair_table_free(struct pair_table *table) {
    free(table->slots);
    *table = (struct pair_table){0};
}
