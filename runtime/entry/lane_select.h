/* SPDX-License-Identifier: MIT */
/* Which lane a hook belongs to. */
#ifndef CINSTR_RUNTIME_ENTRY_LANE_SELECT_H
#define CINSTR_RUNTIME_ENTRY_LANE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

/* The lane that a hook at sp belongs to, from the thread's current one; NULL: no memory. */
struct lane *lane_select(struct lane *lane, uintptr_t sp);
/* Ends the change. */
void lane_rest(struct lane *lane);
/* A handler's lane is left for good, by return or by a jump: its time goes to the lane outside. */
void lane_leave(struct lane *lane, uint64_t now);
/* Another stack ends at `high`. The thread's own, which is at sp, does not reach that, whatever it
 * looked like; or the other one lies within its frames. */
void lane_exclude(uintptr_t high, uintptr_t sp);
/* What lies within the frames of a thread that is new. */
void lane_find_inner(struct lane *thread);

#endif
