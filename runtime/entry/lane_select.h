/* SPDX-License-Identifier: MIT */
/* Which lane a hook belongs to. */
#ifndef CINSTR_RUNTIME_ENTRY_LANE_SELECT_H
#define CINSTR_RUNTIME_ENTRY_LANE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

/* Returns the lane that a hook at sp belongs to; `lane`: the thread's current one. NULL: no
 * memory. */
struct lane *lane_select(struct lane *lane, uintptr_t sp);
/* Ends a change of the lane: the next hook takes the usual path, unless something is pending. */
void lane_rest(struct lane *lane);
/* Leaves a handler's lane, after a return or a jump. Its time is subtracted from the interrupted
 * call's self time. */
void lane_leave(struct lane *lane, uint64_t now);
/* Says that another stack ends at `high`, while the thread's own stack pointer is `sp`. Either the
 * thread's stack ends above it, even if the memory below is readable, or the other stack lies
 * within its frames. */
void lane_exclude(uintptr_t high, uintptr_t sp);
/* Notes whether other stacks lie within the stack of a new thread. */
void lane_find_inner(struct lane *thread);

#endif
