/* SPDX-License-Identifier: MIT */
/*
 * Time off the CPU, charged to the context that waited (see cpu_time.c). All of it is called in a
 * hook, after hook_begin(), by the lane's thread; async-signal-safe.
 */
#ifndef CINSTR_RUNTIME_CPU_TIME_H
#define CINSTR_RUNTIME_CPU_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Whether context switches can be followed at all; prints a message, once, if not. */
bool cpu_time_available(void);

/* Begins to follow the calling thread's switches. `lane`: the thread's first. */
void cpu_time_attach(struct lane *lane);

/* Charges the last waits, and ends that. */
void cpu_time_detach(struct lane *lane);

/* Says that the thread goes on in this lane, while its last hook was in another. */
void cpu_time_resume(struct lane *lane);

/* The time of a hook, after all waits before it were charged. */
struct cpu_moment {
    uint64_t ticks; /* durations that begin or end with the hook do so then */
    uint64_t wait;  /* ticks that the thread was off the CPU since the hook's clock read */
};

/* Looks for waits when a hook has read the clock as `counter`. Charges those before to `frame`, the
 * innermost call that was open until then. The caller charges the wait that is returned, with
 * cpu_time_add_wait(). */
struct cpu_moment cpu_time_at(struct lane *lane, const struct segment_frame *frame,
                              uint64_t counter);
void cpu_time_add_wait(struct lane *lane, const struct segment_frame *frame, uint64_t ticks);

/* Returns the ticks now, after charging waits until now to the open call. */
uint64_t cpu_time_now(struct lane *lane);

/* Says that the time since `since`, from cpu_time_now(), was the recorder's own work and belongs
 * to no context. Charges waits meanwhile to `frame`. */
void cpu_time_own(struct lane *lane, const struct segment_frame *frame, uint64_t since);

/* Compares the clocks without a switch, so that interrupts since are not taken for part of the next
 * wait. */
void cpu_time_renew(struct lane *lane);

#endif
