/* SPDX-License-Identifier: MIT */
/*
 * A wait, from its beginning to its end, which is charged to the context that waits: contentions
 * and delay. For block.c and block_io.c.
 */
#ifndef CINSTR_RUNTIME_BLOCK_WAIT_H
#define CINSTR_RUNTIME_BLOCK_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct wait {
    uintptr_t function, call_site;
    uint64_t start_ns;
    uint64_t start_ticks; /* for a trace: when it began; 0: there is no trace */
    uint64_t switches;    /* voluntary context switches of the thread so far, if they decide */
};

/* Which profiles are on. Set once, by a constructor; until then none is. */
extern bool block_waits, block_io, block_holders;

uint64_t block_now(void);

/* Adds a wait to the profile of waiting contexts. */
void block_charge(uint32_t node, uint64_t delay_ns);
void block_trace(const struct wait *wait, uint32_t node);
uint32_t block_node(uintptr_t function, uintptr_t call_site);

struct wait block_wait_begin(uintptr_t function, uintptr_t call_site);
/* Ends a wait, also when the thread is cancelled: for __attribute__((cleanup)). Keeps errno. */
void block_wait_end(const struct wait *wait);

/* The same for calls that seldom wait: the call counts only if the thread gave up its CPU. */
struct wait block_io_begin(uintptr_t function, uintptr_t call_site);
void block_io_end(const struct wait *wait);

#endif
