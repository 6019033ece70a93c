/* SPDX-License-Identifier: MIT */
/*
 * The steps of a hook's usual path. Included by the hooks (hooks.c, hooks_counted.c,
 * hooks_slots.c), which are linked into each module and keep the rules that hooks.c states.
 */
#ifndef CINSTR_RUNTIME_HOOK_STEPS_H
#define CINSTR_RUNTIME_HOOK_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include <cinstr/hooks.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/tree/duration.h"
#include "runtime/tree/lookup.h"

/* 1: exported once by libcinstr.so.0, for modules that do not link these hooks. */
#ifndef HOOKS_ARE_SHARED
#define HOOKS_ARE_SHARED 0
#endif

#define NOINLINE      __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define CALLER_SP     ((uintptr_t)__builtin_dwarf_cfa())

/* What this module registers with the recorder; defined in hooks.c. */
#if !HOOKS_ARE_SHARED
__attribute__((visibility("hidden")))
#endif
extern struct module_hooks cinstr1_module;

/* Whether the call of `frame` is still open when a function is entered at `sp`. It is if it was
 * entered higher up the stack. At the same stack pointer it is if the entered function was inlined
 * into it: then both have the same call site. */
static inline bool is_open(const struct segment_frame *frame, uintptr_t sp, uint64_t call_site) {
    return LIKELY(frame->sp > sp) ||
           (frame->sp == sp && ((const struct segment_node *)frame->node)->call_site == call_site);
}

/* The same for an external function, whose entry hook runs at its caller's stack pointer. */
static inline bool is_open_to_external(const struct segment_frame *frame, uintptr_t sp) {
    return frame->sp > sp ||
           (LIKELY(frame->sp == sp) &&
            !(((const struct segment_node *)frame->node)->function & SEGMENT_EXTERNAL));
}

static inline void hook_end(struct lane *lane) {
    SIGNAL_FENCE();
    lane->span = lane->full;
}

/* Whether the usual path can record this entry: the call on top is open, and there is room for
 * another frame. Called within hook_begin(). */
static ALWAYS_INLINE bool is_usual(const struct lane *lane, uintptr_t sp, uint64_t call_site,
                                   bool is_external) {
    return (is_external ? is_open_to_external(lane->top, sp) : is_open(lane->top, sp, call_site)) &&
           lane->top < lane->limit;
}

/* Begins an entry. True: the lane may be changed until hook_end(). False: the slow path has to
 * record the entry. */
static ALWAYS_INLINE bool begin_entry(struct lane *lane, uintptr_t sp, uint64_t call_site,
                                      bool is_external) {
    if (UNLIKELY(lane->high - sp >= lane->span))
        return false;
    hook_begin(lane, sp);
    if (LIKELY(is_usual(lane, sp, call_site, is_external)))
        return true;
    hook_end(lane);
    return false;
}

static inline bool is_switched(const struct lane *lane) {
    return UNLIKELY(*lane->switch_word != lane->switch_seen);
}

/* Reads the clock last; the caller then reads the word that changes at each context switch: the
 * kernel switches between two instructions, whatever their order in the pipeline. A reader sees the
 * frame once its `node` is set, so everything else in it is stored before. */
static inline void store_node(struct lane *lane, struct segment_frame *top,
                              struct segment_node *node, uintptr_t sp, bool is_timed) {
    top[1].sp = sp;
    top[1].paused = lane->paused;
    top[1].start = is_timed ? clock_counter() : 0;
    SIGNAL_FENCE();
    top[1].node = (uintptr_t)node;
    lane->top = top + 1;
}

static inline void enter_node(struct lane *lane, struct segment_frame *top,
                              struct segment_node *node, uintptr_t sp, bool is_timed) {
    node->calls++;
    store_node(lane, top, node, sp, is_timed);
    if (is_switched(lane))
        cinstr_switched(lane);
    else
        hook_end(lane);
}

/* Closes the frame and counts no return. Called within hook_begin(), like what follows. */
static inline void drop_node(struct lane *lane, struct segment_frame *top) {
    top->node = 0;
    lane->top = top - 1;
    hook_end(lane);
}

static inline void exit_node(struct lane *lane, struct segment_frame *top) {
    ((struct segment_node *)top[-1].node)->callee_returns++;
    drop_node(lane, top);
}

static inline bool is_exit_of(const struct segment_frame *top, uint64_t function,
                              uint64_t call_site, uintptr_t sp) {
    return is_node((const struct segment_node *)top->node, function, call_site) && top[-1].sp >= sp;
}

/* How long the call took by the lane's clock: that stands still while the thread is off the CPU. */
static inline uint64_t duration(const struct lane *lane, const struct segment_frame *top,
                                uint64_t now) {
    uint64_t ticks = now - top->start + top->paused - lane->paused;
    __asm__("" : "+r"(ticks)); /* gcc would compute its negative separately */
    return ticks;
}

static inline void charge(const struct segment_frame *top, uint64_t ticks) {
    struct segment_node *node = (struct segment_node *)top->node;
    node->total += ticks;
    node->self += ticks;
    ((struct segment_node *)top[-1].node)->self -= ticks;
}

/* Ends a timed call that has been charged. */
static inline void exit_at(struct lane *lane, uint64_t now) {
    lane->last = now;
    exit_node(lane, lane->top);
    if (UNLIKELY((now & LANE_LOOP_MASK) == 0))
        cinstr_loop_next(lane);
}

static inline void exit_timed(struct lane *lane, const struct segment_frame *top, uint64_t now) {
    charge(top, duration(lane, top, now));
    exit_at(lane, now);
}

HOT NOINLINE __attribute__((unused)) static void
exit_with_duration(struct lane *lane, struct segment_frame *top, uint64_t now) {
    duration_add_late(lane, (struct segment_node *)top->node, now - top->start);
    exit_timed(lane, top, now);
}

/* --- external functions: see include/cinstr/hooks.h ------------------------------------------- */

/* Both are NULL if the module has no such section: no file of it has such names, or the linker
 * dropped all of them because nothing refers to them. */
extern __attribute__((weak, visibility("hidden"))) const char __start_cinstr_hooked[],
    __stop_cinstr_hooked[];

static inline bool is_hooked(const void *name) {
    return (uintptr_t)name - (uintptr_t)__start_cinstr_hooked <
           (uintptr_t)__stop_cinstr_hooked - (uintptr_t)__start_cinstr_hooked;
}

static inline uint64_t external(const void *name) {
    return (uintptr_t)name | SEGMENT_EXTERNAL;
}

#endif
