/* SPDX-License-Identifier: MIT */
/*
 * The plugin's instruction counts: what a function has executed since it last said so is added to
 * the context that is open. Called often by code built with -cinstr-instructions, and so linked
 * into each module as the hooks are (hooks.c), whose rules it keeps: it allocates nothing, locks
 * nothing and touches no floating-point or vector register.
 */
#include <cinstr/hooks.h>
#include <cinstr/segment.h>

#include <stdint.h>

#include "runtime/base/lane.h"

/* What is on top may be a frame that was left without a hook, or the lane another's: then slowly.
 */
HOT void cinstr1_count_instructions(uint64_t count) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    const struct lane *lane = cinstr1_self;
    if (UNLIKELY(lane->high - sp >= lane->span || lane->top->sp < sp)) {
        cinstr_slow_instructions(sp, count);
        return;
    }
    lane->instructions[lane->top->node / sizeof(struct segment_node)] += count;
}
