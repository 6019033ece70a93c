/* SPDX-License-Identifier: MIT */
/*
 * Instruction counts (the plugin's -cinstr-instructions): a function reports how many instructions
 * it has executed since its last report, and they are added to the open context. This is called
 * often and so linked into each module like the hooks (hooks.c), whose rules it keeps: it allocates
 * nothing, locks nothing and touches no floating-point or vector register.
 */
#include <cinstr/hooks.h>
#include <cinstr/segment.h>

#include <stdint.h>

#include "runtime/base/lane.h"

/* Takes the slow path if the call on top was left without a hook, or if the lane is another
 * stack's. */
HOT void cinstr1_count_instructions(uint64_t count) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    const struct lane *lane = cinstr1_self;
    if (UNLIKELY(lane->high - sp >= lane->span || lane->top->sp < sp)) {
        cinstr_slow_instructions(sp, count);
        return;
    }
    lane->instructions[lane->top->node / sizeof(struct segment_node)] += count;
}
