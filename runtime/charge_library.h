/* SPDX-License-Identifier: MIT */
/*
 * The recorder as seen from a library that interposes (heap.c, block.c). Where the program is
 * linked with it, it is there; else, in a program without hooks that such a library is preloaded
 * into, it is loaded, and finds contexts by unwinding.
 */
#ifndef CINSTR_RUNTIME_CHARGE_LIBRARY_H
#define CINSTR_RUNTIME_CHARGE_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

/* See charge.h. */
struct charge_recorder {
    uint32_t (*node)(uintptr_t function, uintptr_t call_site);
    uint64_t *(*column)(const char *name);
    uint64_t (*heap_period)(void);
    void (*heap_lost)(void);
    int (*wants_io)(void);
    uint64_t (*ticks)(void);
    void (*trace_wait)(uint32_t node, uint64_t start);
    void (*trace_heap)(uint64_t in_use);
};
extern struct charge_recorder charge_recorder;

/* Fills it in. False: there is none, which has been said. */
bool charge_library_open(void);

/* One line on standard error. */
void charge_library_say(const char *text);

#endif
