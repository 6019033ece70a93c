/* SPDX-License-Identifier: MIT */
/*
 * The hot path: what every instrumented function calls on entry and exit. Linked, hidden, into each
 * module that links -lcinstr (and exported once by libcinstr.so.0 for those that do not).
 *
 * It allocates nothing, locks nothing, calls nothing but the slow path and touches no
 * floating-point or vector register. Until the module is registered it touches nothing but the
 * module's own data, since an IFUNC resolver or a .preinit_array function runs before relocations
 * are done.
 */
#include <cinstr/hooks.h>

#include "clock.h"
#include "duration.h"
#include "lookup.h"

#ifndef HOOKS_ARE_SHARED
#define HOOKS_ARE_SHARED 0
#endif

#define NOINLINE      __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

static struct module_hooks module = {.is_shared = HOOKS_ARE_SHARED};

/* Before everything else in the module. */
__attribute__((constructor(101), used)) static void module_begins(void) {
    cinstr_module_register(&module);
}

__attribute__((destructor(101), used)) static void module_ends(void) {
    cinstr_module_gone(&module);
}

/* A frame is still live when entered from higher up its stack, or when it is the function that the
 * entered one was inlined into: same stack pointer and same call site. */
static inline bool is_open(const struct segment_frame *frame, uintptr_t sp, uint64_t call_site) {
    return LIKELY(frame->sp > sp) ||
           (frame->sp == sp && ((const struct segment_node *)frame->node)->call_site == call_site);
}

/* From here to hook_end() a handler that interrupts goes to a lane of its own. */
static inline void hook_begin(struct lane *lane, uintptr_t sp) {
    lane->span = lane->high - sp;
    SIGNAL_FENCE();
}

static inline void hook_end(struct lane *lane) {
    SIGNAL_FENCE();
    lane->span = lane->full;
}

/* Nothing but a call is new: true within hook_begin(). */
static ALWAYS_INLINE bool begin_entry(struct lane *lane, uintptr_t sp, uint64_t call_site) {
    if (UNLIKELY(lane->high - sp >= lane->span))
        return false;
    hook_begin(lane, sp);
    if (LIKELY(is_open(lane->top, sp, call_site) && lane->top < lane->limit &&
               *lane->switch_word == lane->switch_seen))
        return true;
    hook_end(lane);
    return false;
}

/* timing=adaptive: a node's `writer` says how rarely it is timed (adaptive.c). */
static inline bool is_timed(struct lane *lane, struct segment_frame *frame,
                            const struct segment_node *node) {
    const uint32_t shift = node->writer & LANE_SHIFT_MASK;

    lane->random = lane->random * 1664525u + 1013904223u;
    if (lane->random & (0xffffffffu << 1 << (31 - shift)))
        return false;
    frame->shift = shift;
    return true;
}

/* A reader sees the frame from `node` on: everything else of it comes before. */
static inline void push_frame(struct lane *lane, struct segment_frame *top,
                              struct segment_node *node, uintptr_t sp, uint64_t start) {
    top[1].sp = sp;
    top[1].start = start;
    SIGNAL_FENCE();
    top[1].node = (uintptr_t)node;
    lane->top = top + 1;
    hook_end(lane);
}

/* The clock is read last. */
static inline void enter_node(struct lane *lane, struct segment_frame *top,
                              struct segment_node *node, uintptr_t sp, bool is_timed) {
    node->calls++;
    push_frame(lane, top, node, sp, is_timed ? clock_counter() : 0);
}

HOT NOINLINE static void enter(uintptr_t sp, uint64_t function, uint64_t call_site);
HOT NOINLINE static void enter_adaptive(uintptr_t sp, uint64_t function, uint64_t call_site);

SLOW static void enter_slow(uintptr_t sp, uint64_t function, uint64_t call_site) {
    if (!cinstr_slow_enter(function, call_site, sp))
        return;
    if (module.exact_tag != 0)
        enter(sp, function, call_site);
    else
        enter_adaptive(sp, function, call_site);
}

/* Not what the memo holds: called within hook_begin(). */
HOT NOINLINE static void enter_other(uintptr_t sp, uint64_t function, uint64_t call_site) {
    struct lane *lane = cinstr_self;
    struct segment_frame *top = lane->top;
    struct segment_node *node =
        transition_find(lane, (struct segment_node *)top->node, function, call_site);

    if (UNLIKELY(node == NULL)) {
        hook_end(lane);
        enter_slow(sp, function, call_site);
        return;
    }
    enter_node(lane, top, node, sp, module.exact_tag != 0 || is_timed(lane, &top[1], node));
}

static ALWAYS_INLINE void enter_lane(struct lane *lane, uintptr_t sp, uint64_t function,
                                     uint64_t call_site, bool is_exact) {
    struct segment_frame *top;
    struct segment_node *node;

    if (UNLIKELY(!begin_entry(lane, sp, call_site))) {
        enter_slow(sp, function, call_site);
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
    enter_lane(cinstr_self, sp, function, call_site, true);
}

HOT NOINLINE static void enter_adaptive(uintptr_t sp, uint64_t function, uint64_t call_site) {
    enter_lane(cinstr_self, sp, function, call_site, false);
}

HOT void __cyg_profile_func_enter(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();

    if (LIKELY(module.exact_tag != 0))
        enter(sp, (uintptr_t)callee | module.exact_tag, (uintptr_t)caller);
    else if (module.tag != 0)
        enter_adaptive(sp, (uintptr_t)callee | module.tag, (uintptr_t)caller);
    else
        module.early_calls++;
}

/* Within hook_begin(). */
static inline void exit_node(struct lane *lane, struct segment_frame *top) {
    ((struct segment_node *)top[-1].node)->callee_returns++;
    top->node = 0;
    lane->top = top - 1;
    hook_end(lane);
}

static inline bool is_exit_of(const struct segment_frame *top, uint64_t function,
                              uint64_t call_site, uintptr_t sp) {
    return is_node((const struct segment_node *)top->node, function, call_site) && top[-1].sp >= sp;
}

SLOW static void exit_slow_after_all(uint64_t function, uint64_t call_site, uintptr_t sp,
                                     uint64_t now) {
    hook_end(cinstr_self);
    cinstr_slow_exit(function, call_site, sp, now);
}

static inline void charge(const struct segment_frame *top, uint64_t ticks) {
    struct segment_node *node = (struct segment_node *)top->node;

    node->total += ticks;
    node->self += ticks;
    ((struct segment_node *)top[-1].node)->self -= ticks;
}

static inline void exit_timed(struct lane *lane, const struct segment_frame *top, uint64_t now) {
    charge(top, now - top->start);
    exit_node(lane, lane->top);
    if (UNLIKELY((now & LANE_PROBE_MASK) == 0))
        cinstr_probe_next(lane);
}

HOT NOINLINE static void exit_with_duration(struct lane *lane, struct segment_frame *top,
                                            uint64_t now) {
    duration_add_late(lane, (struct segment_node *)top->node, now - top->start);
    exit_timed(lane, top, now);
}

/* The clock is read first. */
static inline void exit_exact(uint64_t function, uint64_t call_site, uintptr_t sp, uint64_t now) {
    struct lane *lane = cinstr_self;
    struct segment_frame *top;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, now);
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 *lane->switch_word != lane->switch_seen))
        exit_slow_after_all(function, call_site, sp, now);
    else if (UNLIKELY(lane->histogram != NULL))
        exit_with_duration(lane, top, now);
    else
        exit_timed(lane, top, now);
}

/* Of an entry that was timed; within hook_begin(). */
HOT NOINLINE static void exit_sampled(uint64_t function, uint64_t call_site, uintptr_t sp) {
    const uint64_t now = clock_counter();
    struct lane *lane = cinstr_self;
    struct segment_frame *top = lane->top;

    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 *lane->switch_word != lane->switch_seen)) {
        exit_slow_after_all(function, call_site, sp, now);
        return;
    }
    if (lane->histogram != NULL)
        duration_add_late(lane, (struct segment_node *)top->node, now - top->start);
    cinstr_adaptive_exit(lane, top, now - top->start);
    exit_node(lane, top);
    if (UNLIKELY((now & LANE_PROBE_MASK) == 0))
        cinstr_probe_next(lane);
}

/* The clock is read only if the entry was timed. */
HOT NOINLINE static void exit_adaptive(uint64_t function, uint64_t call_site, uintptr_t sp) {
    struct lane *lane = cinstr_self;
    struct segment_frame *top;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (top->start != 0)
        exit_sampled(function, call_site, sp);
    else if (UNLIKELY(!is_exit_of(top, function, call_site, sp) ||
                      *lane->switch_word != lane->switch_seen))
        exit_slow_after_all(function, call_site, sp, clock_counter());
    else
        exit_node(lane, top);
}

HOT void __cyg_profile_func_exit(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();

    if (LIKELY(module.exact_tag != 0))
        exit_exact((uintptr_t)callee | module.exact_tag, (uintptr_t)caller, sp, clock_counter());
    else if (module.tag != 0)
        exit_adaptive((uintptr_t)callee | module.tag, (uintptr_t)caller, sp);
}

/* --- functions that are counted, not timed: see include/cinstr/hooks.h --------------------------
 */

/* A function that calls nothing needs no frame. Within hook_begin(). */
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
    struct lane *lane = cinstr_self;
    struct segment_node *node =
        transition_find(lane, (struct segment_node *)lane->top->node, function, call_site);

    if (LIKELY(node != NULL)) {
        count_node(lane, node, sp, is_leaf);
        return;
    }
    hook_end(lane);
    cinstr_slow_count(function, call_site, sp, is_leaf);
}

static ALWAYS_INLINE void count_call(uint64_t function, uint64_t call_site, uintptr_t sp,
                                     bool is_leaf) {
    struct lane *lane = cinstr_self;
    struct segment_node *node;

    if (UNLIKELY(!begin_entry(lane, sp, call_site))) {
        cinstr_slow_count(function, call_site, sp, is_leaf);
        return;
    }
    node = memo_find(lane, (struct segment_node *)lane->top->node, function, call_site);
    if (LIKELY(node != NULL))
        count_node(lane, node, sp, is_leaf);
    else
        count_other(sp, function, call_site, is_leaf);
}

HOT void cinstr1_count_enter(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();

    if (LIKELY(module.tag != 0))
        count_call((uintptr_t)callee | module.tag, (uintptr_t)caller, sp, false);
    else
        module.early_calls++;
}

HOT void cinstr1_count_leaf(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();

    if (LIKELY(module.tag != 0))
        count_call((uintptr_t)callee | module.tag, (uintptr_t)caller, sp, true);
    else
        module.early_calls++;
}

/* What its callees took was taken from its own time, which is in its caller's. */
HOT void cinstr1_count_exit(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    const uint64_t call_site = (uintptr_t)caller;
    const uint64_t function = (uintptr_t)callee | module.tag;
    struct lane *lane = cinstr_self;
    struct segment_frame *top;

    if (UNLIKELY(module.tag == 0))
        return;
    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || top->start != 0 ||
                 *lane->switch_word != lane->switch_seen)) {
        hook_end(lane);
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    node_give_time((struct segment_node *)top->node, (struct segment_node *)top[-1].node);
    exit_node(lane, top);
}
