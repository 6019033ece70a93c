/* SPDX-License-Identifier: MIT */
/* A lock that waits by yielding, for short sections. It lies in memory that fork wipes, so it is
 * free in the child. */
#ifndef CINSTR_RUNTIME_SPIN_H
#define CINSTR_RUNTIME_SPIN_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

static inline bool spin_try_lock(uint32_t *lock) {
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0;
}

static inline void spin_lock(uint32_t *lock) {
    while (!spin_try_lock(lock))
        sched_yield();
}

static inline void spin_unlock(uint32_t *lock) {
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif
