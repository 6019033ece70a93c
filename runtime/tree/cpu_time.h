/* SPDX-License-Identifier: MIT */
/*
 * Time off the CPU, charged to where it was spent (see cpu_time.c). All of it is called in a hook,
 * after hook_begin(), by the lane's thread; async-signal-safe.
 */
#ifndef CINSTR_RUNTIME_CPU_TIME_H
#define CINSTR_RUNTIME_CPU_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Whether context switches can be followed at all; says so once when not. */
bool cpu_time_available(void);

/* Begins, in a thread's first lane. */
void cpu_time_attach(struct lane *lane);

/* Ends: the last waits are charged. */
void cpu_time_detach(struct lane *lane);

/* The thread goes on in this lane, which is not the one that its last hook was in. */
void cpu_time_resume(struct lane *lane);

/* A hook's moment, once all that came before is settled. */
struct cpu_moment {
    uint64_t ticks; /* durations that begin or end with the hook do so then */
    uint64_t wait;  /* ticks that the thread was off the CPU since the hook's clock read */
};

/* Settles a switch that there may have been when the hook's clock stood at `counter`, `frame` being
 * open until then: that is charged what was waited before. Who is to be charged with the moment's
 * wait is the caller's to say. */
struct cpu_moment cpu_time_at(struct lane *lane, const struct segment_frame *frame,
                              uint64_t counter);
void cpu_time_add_wait(struct lane *lane, const struct segment_frame *frame, uint64_t ticks);

/* The ticks now; what was waited until now is the open call's. */
uint64_t cpu_time_now(struct lane *lane);

/* All since the moment `since`, from cpu_time_now(), was the recorder's own work: no context's
 * time. What was waited meanwhile is charged to `frame`. */
void cpu_time_own(struct lane *lane, const struct segment_frame *frame, uint64_t since);

/* Compares the clocks without a switch, so that interrupts since are not taken for part of the next
 * wait. */
void cpu_time_renew(struct lane *lane);

#endif
