/* SPDX-License-Identifier: MIT */
/*
 * The hooks of functions that are counted and not timed: see include/cinstr/hooks.h. They have a
 * file of their own, so that they are not linked into programs that were built without the plugin.
 */
#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hook_steps.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/tree/lookup.h"

/* Counts the call. A leaf, which makes no calls, needs no frame. Called within hook_begin(). */
static ALWAYS_INLINE void count_node(struct lane *lane, struct segment_node *node, uintptr_t sp,
                                     bool is_leaf) {
    struct segment_frame *top = lane->top;
    if (!is_leaf) {
        enter_node(lane, top, node, sp, false);
        return;
    }
    node->calls++;
    ((struct segment_node *)top->node)->callee_returns++;
    hook_end(lane);
}

HOT NOINLINE static void count_other(uintptr_t sp, uint64_t function, uint64_t call_site,
                                     bool is_leaf) {
    struct lane *lane = cinstr1_self;
    struct segment_node *node =
        transition_find(lane, (struct segment_node *)lane->top->node, function, call_site);
    if (LIKELY(node != NULL)) {
        count_node(lane, node, sp, is_leaf);
        return;
    }
    hook_end(lane);
    cinstr_slow_count(function, call_site, sp, is_leaf);
}

static ALWAYS_INLINE void count_call(uint64_t callee, uint64_t call_site, uintptr_t sp,
                                     bool is_leaf, bool is_external) {
    const uint64_t function = callee | cinstr1_module.tag;
    struct segment_node *node;
    struct lane *lane;
    if (UNLIKELY(cinstr1_module.tag == 0)) {
        cinstr1_module.early_calls++;
        return;
    }
    lane = cinstr1_self;
    if (UNLIKELY(cinstr1_module.is_mixed || !begin_entry(lane, sp, call_site, is_external))) {
        cinstr_slow_count(function, call_site, sp, is_leaf);
        return;
    }
    node = memo_find(lane, (struct segment_node *)lane->top->node, function, call_site);
    if (LIKELY(node != NULL))
        count_node(lane, node, sp, is_leaf);
    else
        count_other(sp, function, call_site, is_leaf);
}

/* A function that is not timed is part of its caller's self time. The time of its timed callees was
 * subtracted from its own self time, and has to be subtracted from its caller's instead. */
static ALWAYS_INLINE void count_exit(uint64_t callee, uint64_t call_site, uintptr_t sp) {
    const uint64_t function = callee | cinstr1_module.tag;
    struct segment_frame *top;
    struct lane *lane;
    if (UNLIKELY(cinstr1_module.tag == 0))
        return;
    lane = cinstr1_self;
    if (UNLIKELY(cinstr1_module.is_mixed || lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || top->start != 0 ||
                 is_switched(lane))) {
        hook_end(lane);
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    node_give_time((struct segment_node *)top->node, (struct segment_node *)top[-1].node);
    exit_node(lane, top);
}

HOT void cinstr1_count_enter(void *callee, void *caller) {
    count_call((uintptr_t)callee, (uintptr_t)caller, CALLER_SP, false, false);
}

HOT void cinstr1_count_exit(void *callee, void *caller) {
    count_exit((uintptr_t)callee, (uintptr_t)caller, CALLER_SP);
}

HOT void cinstr1_count_leaf(void *callee, void *caller) {
    count_call((uintptr_t)callee, (uintptr_t)caller, CALLER_SP, true, false);
}

HOT void *cinstr1_count_enter_external(void *name) {
    void *call_site = __builtin_return_address(0);
    if (UNLIKELY(is_hooked(name)))
        return NULL;
    count_call(external(name), (uintptr_t)call_site, CALLER_SP, false, true);
    return call_site;
}

HOT void cinstr1_count_exit_external(void *name, void *call_site) {
    if (LIKELY(call_site != NULL))
        count_exit(external(name), (uintptr_t)call_site, CALLER_SP);
}
