/* SPDX-License-Identifier: MIT */
/*
 * Who holds the locks that others wait for: mutex=. A wait is divided among the contexts that
 * released the lock while it lasted: each is charged the time since the previous release. So the
 * charges of all holders add up to all waits. Go has done the same since 1.22.
 */
#ifndef CINSTR_RUNTIME_BLOCK_HOLDERS_H
#define CINSTR_RUNTIME_BLOCK_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

/* Prepares to charge these columns of the recorder. False: mutex= is off, or there is no memory. */
bool block_holders_init(uint64_t *contentions, uint64_t *delay);

/* A thread begins to wait for a lock at that time. False: there is no room to follow the wait. */
bool block_holders_wait(const void *lock, uint64_t now);
/* The thread has the lock, or has given up. `start`: when the wait began; `own`: its own node,
 * which is charged for time without a known holder. */
void block_holders_got(const void *lock, uint64_t start, uint64_t now, uint32_t own);

/* Whether a thread waits for that lock, or for one with the same hash. */
bool block_holders_any(const void *lock);
/* The calling thread is about to release it. */
void block_holders_release(const void *lock, uint32_t node, uint64_t now);

#endif
