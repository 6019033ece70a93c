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
#include "lane.h"

#ifndef HOOKS_ARE_SHARED
#define HOOKS_ARE_SHARED 0
#endif

static struct module_hooks module = {.is_shared = HOOKS_ARE_SHARED};

/* Before everything else in the module. */
__attribute__((constructor(101), used)) static void module_begins(void) {
    cinstr_module_register(&module);
}

__attribute__((destructor(101), used)) static void module_ends(void) {
    cinstr_module_gone(&module);
}

static inline int is_node(const struct segment_node *node, uint64_t function, uint64_t call_site) {
    return node->call_site == call_site && node->function == function;
}

/* A frame is still live when entered from higher up its stack, or when it is the function that the
 * entered one was inlined into: same stack pointer and same call site. */
static inline int is_open(const struct segment_frame *frame, uintptr_t sp, uint64_t call_site) {
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

/* timing=adaptive: a node's `writer` says how rarely it is timed (adaptive.c). */
static inline int is_timed(struct lane *lane, struct segment_frame *frame,
                           const struct segment_node *node) {
    const uint32_t shift = node->writer & LANE_SHIFT_MASK;

    lane->random = lane->random * 1664525u + 1013904223u;
    if (lane->random & (0xffffffffu << 1 << (31 - shift)))
        return 0;
    frame->shift = shift;
    return 1;
}

/* A reader sees the frame from `node` on: everything else of it comes before. */
static inline void enter_node(struct lane *lane, struct segment_frame *top,
                              struct segment_node *node, uintptr_t sp) {
    node->calls++;
    top[1].sp = sp;
    if (LIKELY((lane->extras & LANE_ADAPTIVE) == 0) || is_timed(lane, &top[1], node))
        top[1].start = clock_counter();
    else
        top[1].start = 0;
    SIGNAL_FENCE();
    top[1].node = (uintptr_t)node;
    lane->top = top + 1;
    hook_end(lane);
}

/* Not the child last entered, nor the one before: called within hook_begin(). */
HOT static __attribute__((noinline)) void enter_other(struct lane *lane, uint64_t function,
                                                      uint64_t call_site, uintptr_t sp) {
    struct segment_frame *top = lane->top;
    struct segment_node *parent = (struct segment_node *)top->node;
    struct segment_node *node = lookup_find(lane, parent, function, call_site);

    if (UNLIKELY(node == NULL)) {
        hook_end(lane);
        cinstr_slow_enter(function, call_site, sp);
        return;
    }
    parent->cached[1] = parent->cached[0];
    parent->cached[0] = node_offset(lane, node);
    enter_node(lane, top, node, sp);
}

HOT void __cyg_profile_func_enter(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    const uint64_t call_site = (uintptr_t)caller;
    const uint64_t function = (uintptr_t)callee | module.tag;
    struct lane *lane;
    struct segment_frame *top;
    struct segment_node *node;

    if (UNLIKELY(module.tag == 0)) {
        module.early_calls++;
        return;
    }
    while (lane = cinstr_self, UNLIKELY(lane->high - sp >= lane->span)) {
        if (!cinstr_slow_enter(function, call_site, sp))
            return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_open(top, sp, call_site) || top >= lane->limit ||
                 *lane->switch_word != lane->switch_seen)) {
        hook_end(lane);
        cinstr_slow_enter(function, call_site, sp);
        return;
    }
    node = node_at(lane, ((struct segment_node *)top->node)->cached[0]);
    if (LIKELY(is_node(node, function, call_site))) {
        enter_node(lane, top, node, sp);
        return;
    }
    node = node_at(lane, ((struct segment_node *)top->node)->cached[1]);
    if (is_node(node, function, call_site)) {
        enter_node(lane, top, node, sp);
        return;
    }
    enter_other(lane, function, call_site, sp);
}

/* Within hook_begin(). */
static inline void exit_node(struct lane *lane, struct segment_frame *top) {
    ((struct segment_node *)top[-1].node)->callee_returns++;
    top->node = 0;
    lane->top = top - 1;
    hook_end(lane);
}

static inline int is_exit_of(const struct segment_frame *top, uint64_t function, uint64_t call_site,
                             uintptr_t sp) {
    return is_node((const struct segment_node *)top->node, function, call_site) && top[-1].sp >= sp;
}

/* timing=adaptive: the clock is read only if the entry was timed. */
HOT static __attribute__((noinline)) void exit_adaptive(uint64_t function, uint64_t call_site,
                                                        uintptr_t sp) {
    struct lane *lane = cinstr_self;
    struct segment_frame *top;
    uint64_t now;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    now = top->start == 0 ? 0 : clock_counter();
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || now < top->start ||
                 *lane->switch_word != lane->switch_seen)) {
        hook_end(lane);
        cinstr_slow_exit(function, call_site, sp, clock_counter());
        return;
    }
    if (now != 0)
        cinstr_adaptive_exit(lane, top, now - top->start);
    exit_node(lane, top);
    if (UNLIKELY(now != 0 && (now & LANE_PROBE_MASK) == 0))
        cinstr_probe_next(lane);
}

HOT void __cyg_profile_func_exit(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    const uint64_t call_site = (uintptr_t)caller;
    const uint64_t function = (uintptr_t)callee | module.tag;
    struct lane *lane;
    struct segment_frame *top;
    struct segment_node *node;
    uint64_t now, ticks;

    if (UNLIKELY(module.adaptive)) {
        exit_adaptive(function, call_site, sp);
        return;
    }
    now = clock_counter();
    if (UNLIKELY(module.tag == 0))
        return;
    lane = cinstr_self;
    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_exit(function, call_site, sp, now);
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    node = (struct segment_node *)top->node;
    ticks = now - top->start;
    if (UNLIKELY(!is_exit_of(top, function, call_site, sp) || (int64_t)ticks < 0 ||
                 *lane->switch_word != lane->switch_seen)) {
        hook_end(lane);
        cinstr_slow_exit(function, call_site, sp, now);
        return;
    }
    node->total += ticks;
    node->self += ticks;
    ((struct segment_node *)top[-1].node)->self -= ticks;
    if (UNLIKELY(lane->extras & LANE_HISTOGRAM))
        duration_add(lane, node, ticks);
    exit_node(lane, top);
    if (UNLIKELY((now & LANE_PROBE_MASK) == 0))
        cinstr_probe_next(lane);
}

/* --- functions that are counted, not timed: see include/cinstr/hooks.h --------------------------
 */

/* The child that is entered, if it has been before. Within hook_begin(). */
static inline struct segment_node *find_child(const struct lane *lane, uint64_t function,
                                              uint64_t call_site) {
    struct segment_node *parent = (struct segment_node *)lane->top->node;
    struct segment_node *node = node_at(lane, parent->cached[0]);

    if (LIKELY(is_node(node, function, call_site)))
        return node;
    node = lookup_find(lane, parent, function, call_site);
    if (node != NULL) {
        parent->cached[1] = parent->cached[0];
        parent->cached[0] = node_offset(lane, node);
    }
    return node;
}

/* Counts the call; NULL: the slow path has done all of it. Else within hook_begin(). */
static inline struct segment_node *count_call(void *callee, uint64_t call_site, uintptr_t sp,
                                              int is_leaf) {
    const uint64_t function = (uintptr_t)callee | module.tag;
    struct lane *lane = cinstr_self;
    struct segment_node *node;

    if (UNLIKELY(module.tag == 0)) {
        module.early_calls++;
        return NULL;
    }
    if (LIKELY(lane->high - sp < lane->span)) {
        hook_begin(lane, sp);
        if (LIKELY(is_open(lane->top, sp, call_site) && lane->top < lane->limit &&
                   *lane->switch_word == lane->switch_seen)) {
            node = find_child(lane, function, call_site);
            if (LIKELY(node != NULL)) {
                node->calls++;
                return node;
            }
        }
        hook_end(lane);
    }
    cinstr_slow_count(function, call_site, sp, is_leaf);
    return NULL;
}

HOT void cinstr1_count_enter(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    struct segment_node *node = count_call(callee, (uintptr_t)caller, sp, 0);
    struct lane *lane = cinstr_self;

    if (UNLIKELY(node == NULL))
        return;
    lane->top[1].sp = sp;
    lane->top[1].start = 0;
    SIGNAL_FENCE();
    lane->top[1].node = (uintptr_t)node;
    lane->top++;
    hook_end(lane);
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

/* A function that calls nothing needs no frame. */
HOT void cinstr1_count_leaf(void *callee, void *caller) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    struct lane *lane;

    if (UNLIKELY(count_call(callee, (uintptr_t)caller, sp, 1) == NULL))
        return;
    lane = cinstr_self;
    ((struct segment_node *)lane->top->node)->callee_returns++;
    hook_end(lane);
}
