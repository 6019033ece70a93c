/* SPDX-License-Identifier: MIT */
/*
 * Who holds the locks that others wait for: mutex=. A wait is charged, part by part, to each
 * context that let go of the lock while it lasted, by the time since the one before; so all that is
 * charged to holders is all that was waited. As Go does since 1.22.
 */
#ifndef CINSTR_RUNTIME_BLOCK_HOLDERS_H
#define CINSTR_RUNTIME_BLOCK_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

/* Makes ready to charge to these columns of the recorder. False: mutex= is off, or there is no
 * memory. */
bool block_holders_init(uint64_t *contentions, uint64_t *delay);

/* A thread begins to wait for a lock, at that time. False: there is no room to follow it. */
bool block_holders_wait(const void *lock, uint64_t now);
/* It has it, or has given up. `start`: when it began; `own`: its own node, charged for what no
 * holder was seen for. */
void block_holders_got(const void *lock, uint64_t start, uint64_t now, uint32_t own);

/* Whether somebody waits for that lock, or for one that looks the same. */
bool block_holders_any(const void *lock);
/* The calling thread is about to let it go. */
void block_holders_release(const void *lock, uint32_t node, uint64_t now);

#endif
