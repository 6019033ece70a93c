/* SPDX-License-Identifier: MIT */
/*
 * What the recorder offers to the libraries that interpose functions of libc (libheap, libblock): a
 * node for the place of a call, and columns to add to. Private: the library and the recorder have
 * the same version, and the library finds this one symbol by charge_library.c.
 */
#ifndef CINSTR_RUNTIME_CHARGE_H
#define CINSTR_RUNTIME_CHARGE_H

#include <stdbool.h>
#include <stdint.h>

struct charge_recorder {
    /* The node for a call of `function`, which returns to `call_site`, in the calling thread's
     * context. It stays valid until the process ends, also when the thread is gone. 0: nothing
     * is recorded. Does not call malloc(). Thread-safe; async-signal-safe except for the first
     * call from a context. */
    uint32_t (*node)(uintptr_t function, uintptr_t call_site);

    /* The column of that name, one element for each node; NULL when its option was not given, or
     * the recorder is off. It keeps its address, also in a fork child. For constructors: starts
     * the recorder. */
    uint64_t *(*column)(const char *name);

    /* Says that this program has no hooks, so that nodes are found by unwinding the stack. Call
     * it once, at the start. */
    void (*find_by_stacks)(void);

    /* The mean number of bytes from one sampled allocation to the next; 0: heap= is off. */
    uint64_t (*heap_period)(void);
    bool (*wants_io)(void);  /* block=io */
    void (*heap_lost)(void); /* counts an allocation that is not followed */

    /* For traces: the present time, 0 when there is no trace; a wait from `start` until now; a
     * change of the bytes in use. */
    uint64_t (*ticks)(void);
    void (*trace_wait)(uint32_t node, uint64_t start);
    void (*trace_heap)(int64_t more);
};
extern const struct charge_recorder cinstr_charge_recorder __attribute__((visibility("default")));

static inline void charge_add(uint64_t *column, uint32_t node, uint64_t amount) {
    __atomic_add_fetch(&column[node], amount, __ATOMIC_RELAXED);
}

static inline void charge_take(uint64_t *column, uint32_t node, uint64_t amount) {
    __atomic_sub_fetch(&column[node], amount, __ATOMIC_RELAXED);
}

#endif
