/* SPDX-License-Identifier: MIT */
/* Stacks that makecontext() and cinstr_stack_switch() name. */
#include "stack_switch.h"

#include <stddef.h>
#include <stdint.h>

#include "lane_select.h"
#include "runtime/base/clock.h"
#include "runtime/base/state.h"
#include "runtime/tree/open_jumps.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/stacks.h"

/* What ran on this memory before is over: a program cannot give away a stack that is in use. */
void stacks_register(uintptr_t low, uintptr_t high) {
    const struct stack *known;
    if (!stacks_are_there() || low >= high)
        return;
    process_lock();
    known = stacks_find(high - 1);
    if (known == NULL || known->low != low || known->high != high) {
        stacks_add(low, high);
    } else if (stack_has_lane(known)) {
        shadow_unwind(known->lane, shadow_base(known->lane), clock_ticks());
        jumps_forget(known->lane);
    }
    process_unlock();
    lane_exclude(high, (uintptr_t)__builtin_frame_address(0));
}
