/* SPDX-License-Identifier: MIT */
/*
 * See heap_live.h. Hash tables with linear probing, each with a lock of its own, so that threads
 * seldom meet. A table grows by doubling into new memory. Removing an element moves later ones up,
 * so that there are no tombstones.
 */
#include "heap_live.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "runtime/base/spin.h"
#include "runtime/base/wiped.h"

#define SHARD_BITS  6u
#define SHARDS      (1u << SHARD_BITS)
#define FIRST_SIZE  128u /* elements, in less than a page */
#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)

static struct shard {
    uint32_t lock;
    uint32_t used;
    uint64_t size; /* a power of two; 0: no table yet */
    struct heap_live *elements;
} __attribute__((aligned(64))) * shards;

static void *map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

bool heap_live_init(void) {
    shards = wiped_map(SHARDS * sizeof(*shards));
    return shards != NULL;
}

static uint64_t hash(uintptr_t address) {
    return (address >> 4) * HASH_FACTOR;
}

static struct shard *lock(uintptr_t address) {
    struct shard *shard = &shards[hash(address) >> (64 - SHARD_BITS)];
    spin_lock(&shard->lock);
    return shard;
}

static uint64_t home(const struct shard *shard, uintptr_t address) {
    return hash(address) >> 16 & (shard->size - 1);
}

static uint64_t after(const struct shard *shard, uint64_t slot) {
    return (slot + 1) & (shard->size - 1);
}

/* The slot of the address, or else the free slot for it; there always is one. */
static uint64_t find(const struct shard *shard, uintptr_t address) {
    uint64_t slot = home(shard, address);
    while (shard->elements[slot].address != 0 && shard->elements[slot].address != address)
        slot = after(shard, slot);
    return slot;
}

static bool grow(struct shard *shard) {
    const struct shard old = *shard;
    const uint64_t size = old.size == 0 ? FIRST_SIZE : old.size * 2;
    struct heap_live *elements = map(size * sizeof(*elements));
    if (elements == NULL)
        return false;
    shard->size = size;
    shard->elements = elements;
    for (uint64_t i = 0; i < old.size; i++) {
        if (old.elements[i].address != 0)
            elements[find(shard, old.elements[i].address)] = old.elements[i];
    }
    if (old.size != 0)
        munmap(old.elements, old.size * sizeof(*elements));
    return true;
}

/* At most three quarters full. */
static bool has_room(struct shard *shard) {
    const int saved_errno = errno;
    const bool has = shard->used < shard->size - shard->size / 4 || grow(shard);
    errno = saved_errno;
    return has;
}

bool heap_live_put(const struct heap_live *live) {
    struct shard *shard = lock(live->address);
    const bool has = has_room(shard);
    if (has) {
        struct heap_live *element = &shard->elements[find(shard, live->address)];
        shard->used += element->address == 0;
        *element = *live;
    }
    spin_unlock(&shard->lock);
    return has;
}

/* Moves elements after the gap into it if probing would not find them across it. */
static void close_gap(struct shard *shard, uint64_t gap) {
    for (uint64_t slot = after(shard, gap); shard->elements[slot].address != 0;
         slot = after(shard, slot)) {
        const uint64_t distance = slot - home(shard, shard->elements[slot].address);
        if ((distance & (shard->size - 1)) >= ((slot - gap) & (shard->size - 1))) {
            shard->elements[gap] = shard->elements[slot];
            gap = slot;
        }
    }
    shard->elements[gap].address = 0;
}

bool heap_live_take(uintptr_t address, struct heap_live *live) {
    struct shard *shard = lock(address);
    bool is_there = false;
    if (shard->used != 0) {
        const uint64_t slot = find(shard, address);
        is_there = shard->elements[slot].address != 0;
        if (is_there) {
            *live = shard->elements[slot];
            close_gap(shard, slot);
            shard->used--;
        }
    }
    spin_unlock(&shard->lock);
    return is_there;
}
