/* SPDX-License-Identifier: MIT */
/*
 * The clock of the hot path: a block for each architecture. clock.c decides once whether the
 * counter can be trusted; if not, every hook takes the slow path, which reads CLOCK_MONOTONIC
 * instead.
 */
#ifndef CINSTR_RUNTIME_CLOCK_H
#define CINSTR_RUNTIME_CLOCK_H

#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include <cinstr/segment.h>

#include "sandbox.h"

/* Reads the counter without ordering it against the code around it: ordering would double its
 * cost. */
static inline uint64_t clock_counter(void) {
#if defined(__x86_64__)
    uint64_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
#error "cinstr: no clock for this architecture; add a block here and a row in clock.c"
#endif
}

/* libc's own clock_gettime(), even if the program defines one. */
extern int (*clock_read)(clockid_t id, struct timespec *now);

/* 0 where the program's sandbox may not allow it. */
static inline uint64_t clock_ns(clockid_t id) {
    struct timespec now = {0, 0};
    if (sandbox_allows(SYS_clock_gettime))
        clock_read(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The clock that this process uses: constant once the recorder is up. */
extern enum segment_clock clock_kind;

static inline uint64_t clock_ticks(void) {
    return clock_kind == SEGMENT_CLOCK_MONOTONIC ? clock_ns(CLOCK_MONOTONIC) : clock_counter();
}

/* Chooses clock_kind. Returns the ticks a second that the hardware states, 0 if it does not. */
uint64_t clock_choose(void);

/* Reads both clocks at nearly the same moment. */
struct segment_clock_pair clock_pair(void);

#endif
