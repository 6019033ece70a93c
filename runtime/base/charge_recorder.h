/* SPDX-License-Identifier: MIT */
/*
 * What the libraries that interpose functions of libc (heap*.c, block*.c) have of the recorder: a
 * node for where they were called, and columns to add to. Private to libraries of one version, who
 * find its one symbol by charge_library.c.
 */
#ifndef CINSTR_RUNTIME_CHARGE_H
#define CINSTR_RUNTIME_CHARGE_H

#include <stdbool.h>
#include <stdint.h>

struct charge_recorder {
    /* The node of a call of `function`, which returns to `call_site`, in the calling thread's
     * context. It stays what it is until the process ends, whatever becomes of the thread. 0:
     * nothing is being recorded. Takes no memory from malloc. Thread-safe; async-signal-safe but
     * for the first call from a context. */
    uint32_t (*node)(uintptr_t function, uintptr_t call_site);

    /* The column of that name, one element a node; NULL when it was not asked for, or the recorder
     * is off. Stays where it is, also in a fork child. For constructors: brings the recorder up. */
    uint64_t *(*column)(const char *name);

    /* This program has no hooks: nodes are found by unwinding the stack. Once, at the start. */
    void (*find_by_stacks)(void);

    /* The mean number of bytes from one sampled allocation to the next; 0: heap= is off. */
    uint64_t (*heap_period)(void);
    bool (*wants_io)(void);  /* block=io */
    void (*heap_lost)(void); /* counts an allocation that could not be followed */

    /* For traces: now, 0 when there is none; a wait that is over, begun then; that so many bytes
     * more are in use. */
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
