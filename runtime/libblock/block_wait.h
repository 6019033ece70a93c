/* SPDX-License-Identifier: MIT */
/*
 * One wait, from its begin to its end, charged to the context that waits: contentions and delay.
 * For block.c and block_io.c.
 */
#ifndef CINSTR_RUNTIME_BLOCK_WAIT_H
#define CINSTR_RUNTIME_BLOCK_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct wait {
    uintptr_t function, call_site;
    uint64_t start_ns;
    uint64_t start_ticks; /* for a trace; 0: there is none */
    uint64_t switches;    /* that the thread had made by itself, where that decides */
};

/* What is on. Set once, by a constructor; before that all is off. */
extern bool block_waits, block_io, block_holders;

uint64_t block_now(void);

/* Adds a wait to the profile of those who wait. */
void block_charge(uint32_t node, uint64_t delay_ns);
void block_trace(const struct wait *wait, uint32_t node);
uint32_t block_node(uintptr_t function, uintptr_t call_site);

struct wait block_wait_begin(uintptr_t function, uintptr_t call_site);
/* Also when the thread is cancelled: for __attribute__((cleanup)). Keep errno. */
void block_wait_end(const struct wait *wait);

/* The same where most calls do not wait: only one in which the thread gave up its CPU counts. */
struct wait block_io_begin(uintptr_t function, uintptr_t call_site);
void block_io_end(const struct wait *wait);

#endif
