/* SPDX-License-Identifier: MIT */
/*
 * The hot path: what every instrumented function calls on entry and exit. Each module that links
 * -lcinstr has a hidden copy of it; libcinstr.so.0 exports another for modules that do not.
 *
 * It allocates nothing, locks nothing, calls nothing but the slow path and touches no
 * floating-point or vector register. Until the module is registered it touches nothing but the
 * module's own data, since an IFUNC resolver or a .preinit_array function runs before relocations
 * are done.
 */
#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hook_steps.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/tree/lookup.h"
#include "runtime/tree/places.h"

/* NULL in modules that do not use them: their files are not linked there. */
#pragma weak cinstr1_count_enter
#pragma weak cinstr1_count_exit
#pragma weak cinstr1_begin_call
#pragma weak cinstr1_end_call

struct module_hooks cinstr1_module = {
    .is_shared = HOOKS_ARE_SHARED,
    .enter = __cyg_profile_func_enter,
    .exit = __cyg_profile_func_exit,
    .count_enter = cinstr1_count_enter,
    .count_exit = cinstr1_count_exit,
    .begin_call = cinstr1_begin_call,
    .end_call = cinstr1_end_call,
};

/* Runs before all other constructors of the module. */
__attribute__((constructor(101), used)) static void module_begins(void) {
    cinstr_module_register(&cinstr1_module);
}

__attribute__((destructor(101), used)) static void module_ends(void) {
    cinstr_module_gone(&cinstr1_module);
}

/* timing=adaptive: decides at random whether this call is timed. The node's `writer` says how
 * rarely its calls are (adaptive.c). */
static inline bool is_timed(struct lane *lane, struct segment_frame *frame,
                            const struct segment_node *node) {
    const uint32_t shift = node->writer & LANE_SHIFT_MASK;
    lane->random = lane->random * 1664525u + 1013904223u;
    if (lane->random & (0xffffffffu << 1 << (31 - shift)))
        return false;
    frame->shift = shift & SEGMENT_SHIFT_MASK;
    return shift != LANE_NEVER;
}

/* --- programs that also count by slots: the thread's slot gives the context ------------------- */

/* The node of the call below the context of the thread's slot. NULL: the slow path has to find or
 * make it. Called within hook_begin(). */
static inline struct segment_node *find_mixed(struct lane *lane, uint64_t function,
                                              uint64_t call_site) {
    struct segment_node *parent, *node;

    if (UNLIKELY(!slot_is_own(lane, cinstr1_slot)))
        return NULL;
    parent = node_at(lane, slot_info(cinstr1_slot)->node * (uint32_t)sizeof *parent);
    node = memo_find(lane, parent, function, call_site);
    return node != NULL ? node : transition_find(lane, parent, function, call_site);
}

HOT NOINLINE static void enter_mixed(uintptr_t sp, uint64_t function, uint64_t call_site) {
    struct lane *lane = cinstr1_self;
    struct segment_node *node = NULL;
    struct cinstr_place *place = NULL;

    if (LIKELY(begin_entry(lane, sp, call_site, false))) {
        node = find_mixed(lane, function, call_site);
        place = node == NULL ? NULL : place_of(lane, node);
        if (UNLIKELY(place == NULL))
            hook_end(lane);
    }
    if (UNLIKELY(place == NULL)) {
        cinstr_slow_enter(function, call_site, sp);
        return;
    }
    struct segment_frame *frame = lane->top + 1;
    frame->shift = 0;
    const bool timed = cinstr1_module.is_mixed == MIXED_EXACT || is_timed(lane, frame, node);
    frame->shift |= (uintptr_t)cinstr1_slot;
    cinstr1_slot = place_slots(place);
    enter_node(lane, lane->top, node, sp, timed);
}

/* The usual path for a call that the memo does not hold. Called within hook_begin(). */
HOT NOINLINE static void enter_other(uintptr_t sp, uint64_t function, uint64_t call_site) {
    struct lane *lane = cinstr1_self;
    struct segment_frame *top = lane->top;
    struct segment_node *node =
        transition_find(lane, (struct segment_node *)top->node, function, call_site);
    if (UNLIKELY(node == NULL)) {
        hook_end(lane);
        cinstr_slow_enter(function, call_site, sp);
        return;
    }
    enter_node(lane, top, node, sp, cinstr1_module.exact_tag != 0 || is_timed(lane, &top[1], node));
}

static ALWAYS_INLINE void enter_lane(struct lane *lane, uintptr_t sp, uint64_t function,
                                     uint64_t call_site, bool is_exact, bool is_external) {
    struct segment_frame *top;
    struct segment_node *node;
    if (UNLIKELY(!begin_entry(lane, sp, call_site, is_external))) {
        cinstr_slow_enter(function, call_site, sp);
        return;
    }
    top = lane->top;
    node = memo_find(lane, (struct segment_node *)top->node, function, call_site);
    if (LIKELY(node != NULL))
        enter_node(lane, top, node, sp, is_exact || is_timed(lane, &top[1], node));
    else
        enter_other(sp, function, call_site);
}

HOT NOINLINE static void enter(uintptr_t sp, uint64_t function, uint64_t call_site) {
    enter_lane(cinstr1_self, sp, function, call_site, true, false);
}

HOT NOINLINE static void enter_adaptive(uintptr_t sp, uint64_t function, uint64_t call_site) {
    enter_lane(cinstr1_self, sp, function, call_site, false, false);
}

HOT NOINLINE static void enter_external(uintptr_t sp, uint64_t function, uint64_t call_site) {
    enter_lane(cinstr1_self, sp, function, call_site, cinstr1_module.exact_tag != 0, true);
}

/* Uses `given_tag`, which keeps its value when another thread switches the hooks off meanwhile. */
static ALWAYS_INLINE void enter_any(uintptr_t sp, uint64_t callee, uint64_t call_site) {
    if (LIKELY(cinstr1_module.exact_tag != 0))
        enter(sp, callee | cinstr1_module.exact_tag, call_site);
    else if (cinstr1_module.adaptive_tag != 0)
        enter_adaptive(sp, callee | cinstr1_module.given_tag, call_site);
    else if (cinstr1_module.is_mixed != 0)
        enter_mixed(sp, callee | cinstr1_module.given_tag, call_site);
    else
        cinstr1_module.early_calls++;
}

HOT void __cyg_profile_func_enter(void *callee, void *caller) {
    enter_any(CALLER_SP, (uintptr_t)callee, (uintptr_t)caller);
}

SLOW static void exit_slow_after_all(uint64_t function, uint64_t call_site, uintptr_t sp,
                                     uint64_t now) {
    hook_end(cinstr1_self);
    cinstr_slow_exit(function, call_site, sp, now);
}

/* `now`: the clock, read before anything else. */
static inline void exit_exact(uint64_t function, uint64_t call_site, uintptr_t sp, uint64_t now) {
    struct lane *lane = cinstr1_self;
    struct segment_frame *top;
    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, now);
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 is_switched(lane)))
        exit_slow_after_all(function, call_site, sp, now);
    else if (UNLIKELY(lane->histogram != NULL))
        exit_with_duration(lane, top, now);
    else
        exit_timed(lane, top, now);
}

/* timing=adaptive: the exit of a call that is timed. Called within hook_begin(). */
HOT NOINLINE static void exit_sampled(uint64_t function, uint64_t call_site, uintptr_t sp) {
    const uint64_t now = clock_counter();
    struct lane *lane = cinstr1_self;
    struct segment_frame *top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 is_switched(lane))) {
        exit_slow_after_all(function, call_site, sp, now);
        return;
    }
    if (lane->histogram != NULL)
        duration_add_late(lane, (struct segment_node *)top->node, now - top->start);
    cinstr_adaptive_exit(lane, top, duration(lane, top, now));
    exit_at(lane, now);
}

/* The clock is read only if the entry was timed. */
HOT NOINLINE static void exit_adaptive(uint64_t function, uint64_t call_site, uintptr_t sp) {
    struct lane *lane = cinstr1_self;
    struct segment_frame *top;
    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (top->start != 0)
        exit_sampled(function, call_site, sp);
    else if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || is_switched(lane)))
        exit_slow_after_all(function, call_site, sp, clock_counter());
    else
        exit_node(lane, top);
}

/* The exit of a timed function in a program that also counts by slots. */
HOT NOINLINE static void exit_mixed(uint64_t function, uint64_t call_site, uintptr_t sp) {
    const uint64_t now = clock_counter();
    struct lane *lane = cinstr1_self;
    struct segment_frame *top;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, now);
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 is_switched(lane) || top->shift <= SEGMENT_SHIFT_MASK)) {
        exit_slow_after_all(function, call_site, sp, now);
        return;
    }
    cinstr1_slot = (struct cinstr_place **)(uintptr_t)(top->shift & ~SEGMENT_SHIFT_MASK);
    if (top->start == 0) {
        exit_node(lane, top);
    } else if (lane->timed_calls != NULL) {
        exit_sampled(function, call_site, sp);
    } else if (UNLIKELY(lane->histogram != NULL)) {
        exit_with_duration(lane, top, now);
    } else {
        exit_timed(lane, top, now);
    }
}

static ALWAYS_INLINE void leave(uint64_t callee, uint64_t call_site, uintptr_t sp) {
    if (LIKELY(cinstr1_module.exact_tag != 0))
        exit_exact(callee | cinstr1_module.exact_tag, call_site, sp, clock_counter());
    else if (cinstr1_module.tag == 0)
        return;
    else if (cinstr1_module.adaptive_tag != 0)
        exit_adaptive(callee | cinstr1_module.given_tag, call_site, sp);
    else
        exit_mixed(callee | cinstr1_module.given_tag, call_site, sp);
}

HOT void __cyg_profile_func_exit(void *callee, void *caller) {
    leave((uintptr_t)callee, (uintptr_t)caller, CALLER_SP);
}

/* --- external functions ----------------------------------------------------------------------- */

HOT void *cinstr1_enter_external(void *name) {
    void *call_site = __builtin_return_address(0);
    if (UNLIKELY(is_hooked(name)))
        return NULL;
    if (UNLIKELY(cinstr1_module.tag == 0))
        cinstr1_module.early_calls++;
    else if (UNLIKELY(cinstr1_module.is_mixed))
        cinstr_slow_enter(external(name) | cinstr1_module.tag, (uintptr_t)call_site, CALLER_SP);
    else
        enter_external(CALLER_SP, external(name) | cinstr1_module.tag, (uintptr_t)call_site);
    return call_site;
}

HOT void cinstr1_exit_external(void *name, void *call_site) {
    if (LIKELY(call_site != NULL))
        leave(external(name), (uintptr_t)call_site, CALLER_SP);
}
