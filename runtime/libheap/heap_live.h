/* SPDX-License-Identifier: MIT */
/*
 * The allocations that are live: by address, what was charged for each and where. Thread-safe; uses
 * no malloc. Empty in a fork child: what its parent allocated is not its own.
 */
#ifndef CINSTR_RUNTIME_HEAP_LIVE_H
#define CINSTR_RUNTIME_HEAP_LIVE_H

#include <stdbool.h>
#include <stdint.h>

struct heap_live {
    uintptr_t address; /* never 0 */
    uint64_t size;
    uint32_t node;
    uint32_t objects; /* that it stands for, where allocations are sampled; else 1 */
};

bool heap_live_init(void);
/* False: no memory. */
bool heap_live_put(const struct heap_live *live);
/* Takes it out; false: it is not there. */
bool heap_live_take(uintptr_t address, struct heap_live *live);

#endif
