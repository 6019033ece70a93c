/* SPDX-License-Identifier: MIT */
/*
 * The live allocations: by address, what was charged for each and where. Thread-safe; does not call
 * malloc(). Empty in a fork child: its parent's allocations are not its own.
 */
#ifndef CINSTR_RUNTIME_HEAP_LIVE_H
#define CINSTR_RUNTIME_HEAP_LIVE_H

#include <stdbool.h>
#include <stdint.h>

struct heap_live {
    uintptr_t address; /* node of the context, never 0 */
    uint64_t size;
    uint32_t node;
    uint32_t objects; /* how many allocations it stands for, if they are sampled; else 1 */
};

bool heap_live_init(void);
/* Adds an allocation. False: no memory. */
bool heap_live_put(const struct heap_live *live);
/* Removes it; false: it is not there. */
bool heap_live_take(uintptr_t address, struct heap_live *live);

#endif
