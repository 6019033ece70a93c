/* SPDX-License-Identifier: MIT */
/*
 * The slow path of a hook: the first call over an edge, frames that did not return, other stacks,
 * context switches, a recorder that is stopped. It leaves behind exactly what the usual path would.
 *
 * Resynchronisation: each frame holds the stack pointer of its function at its entry hook. On entry
 * at s, a frame below s is dead; one at s is dead unless the entered function was inlined into it,
 * and then has its call site. An external function has its caller's stack pointer, which makes two
 * of them at one s, but not one and its caller. On exit at s, the frame that ends is the first from
 * the top with this function and call site whose caller does not lie below s (a tail-jumped exit
 * hook runs at its caller's stack pointer).
 */
#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cancellation.h"
#include "entry.h"
#include "hook_loop.h"
#include "lane_select.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/trace_ring.h"

static struct segment_node *node_of(const struct segment_frame *frame) {
    return (struct segment_node *)frame->node;
}

static bool is_dead(const struct lane *lane, const struct segment_frame *frame, uint64_t function,
                    uint64_t call_site, uintptr_t sp) {
    if (frame->sp != sp)
        return frame->sp < sp;
    if (function & SEGMENT_EXTERNAL)
        return (node_of(frame)->function & SEGMENT_EXTERNAL) != 0;
    return node_of(frame)->call_site != call_site ||
           (lane->resync_sp != 0 && node_of(frame)->function == function);
}

static void resync_enter(struct lane *lane, uint64_t function, uint64_t call_site, uintptr_t sp,
                         uint64_t now) {
    const struct segment_frame *base = shadow_base(lane);
    const struct segment_frame *top = lane->top;
    while (top > base && is_dead(lane, top, function, call_site, sp))
        top--;
    if (top != lane->top) {
        lane->overflow = 0;
        shadow_unwind(lane, top, now);
    }
    lane->resync_sp = 0;
}

/* Sets the slot by which the call makes its own calls, and keeps the one by which it was called in
 * its frame. */
static void take_slot(struct lane *lane, struct segment_node *node, struct cinstr_place **slot) {
    struct cinstr_place *place = place_for(lane, node, 1, true);

    lane->top->shift |= (uintptr_t)slot;
    cinstr1_slot = place != NULL ? place_slots(place) : &cinstr1_no_slot;
}

enum enter_kind { ENTER_TIMED, ENTER_COUNTED, ENTER_LEAF };

static void record_enter(struct lane *lane, uint64_t function, uint64_t call_site, uintptr_t sp,
                         enum enter_kind kind) {
    struct cinstr_place **slot = cinstr1_slot;
    struct segment_node *parent = places_in_use ? slot_context(lane, slot) : node_of(lane->top);
    const bool is_timed = kind == ENTER_TIMED && options.timing != SEGMENT_TIMING_COUNT;
    struct segment_node *node;
    node = tree_child(lane, parent, function, call_site);
    if (node == NULL)
        return;
    node->calls++;
    if (kind == ENTER_LEAF) {
        parent->callee_returns++;
        return;
    }
    /* Readers see the frame at once, so its start is nearly right; begin_call() corrects it. */
    if (!shadow_push(lane, node, sp, is_timed ? clock_ticks() : 0)) {
        parent->callee_returns++; /* too deep for the stack: counted, not timed */
        lane->overflow++;
    } else if (places_in_use) {
        take_slot(lane, node, slot);
    }
}

/* Lets the call begin now: what was done since `since` was the recorder's work. */
static void begin_call(struct lane *lane, const struct segment_frame *caller, uint64_t since) {
    struct segment_frame *top = lane->top;
    cpu_time_own(lane, caller, since);
    if (top == caller)
        return;
    top->paused = lane->paused;
    if (top->start != 0)
        top->start = lane->last;
    if (lane->trace != NULL)
        trace_enter(lane, node_of(top), lane->last);
}

static void enter(uint64_t function, uint64_t call_site, uintptr_t sp, enum enter_kind kind) {
    const int saved_errno = errno;
    cancellation_hold();
    struct lane *lane = lane_for_hook(sp);

    if (lane != NULL) {
        const uint64_t now = cpu_time_now(lane);
        hook_loop_if_due(lane);
        resync_enter(lane, function, call_site, sp, now);
        const uint64_t depth = (uint64_t)(lane->top - shadow_base(lane));
        if (process_recording)
            record_enter(lane, function, call_site, sp, kind);
        begin_call(lane, shadow_base(lane) + depth, now);
        lane_rest(lane);
    } else if (process_state == PROCESS_UP && process_recording) {
        __atomic_add_fetch(&segment.header->losses.lane_calls, 1, __ATOMIC_RELAXED);
    }
    errno = saved_errno;
    cancellation_allow();
}

void cinstr_slow_enter(uint64_t function, uint64_t call_site, uintptr_t sp) {
    enter(function, call_site, sp, ENTER_TIMED);
}

void cinstr_slow_count(uint64_t function, uint64_t call_site, uintptr_t sp, int is_leaf) {
    enter(function, call_site, sp, is_leaf ? ENTER_LEAF : ENTER_COUNTED);
}

/* A call that ends. */
struct ending {
    uint64_t function, call_site;
    struct cinstr_place **slot; /* by which it was called; NULL: it has hooks */
    uintptr_t sp;
};

/* A library without hooks of its own may enter a function in one generation and leave it in the
 * next: two functions at one address are never open together. */
static bool is_function(const struct segment_frame *frame, uint64_t function) {
    return ((node_of(frame)->function ^ function) & SEGMENT_ADDRESS_MASK) == 0;
}

static struct segment_frame *find_exit(const struct lane *lane, uint64_t function,
                                       uint64_t call_site, uintptr_t sp) {
    struct segment_frame *base = shadow_base(lane);
    for (struct segment_frame *frame = lane->top; frame > base; frame--) {
        const struct segment_frame *caller = frame - 1;
        if (!is_function(frame, function) || node_of(frame)->call_site != call_site)
            continue;
        if (caller == base || caller->sp >= sp ||
            (caller->sp == frame->sp && node_of(caller)->call_site == call_site)) {
            return frame;
        }
    }
    /* gcc may inline a function's head and call the rest of it, the exit hook included, as a
     * function of its own: that hook runs deeper than the entry did and sees another return
     * address. */
    for (struct segment_frame *frame = lane->top; frame > base && frame->sp >= sp; frame--) {
        if (is_function(frame, function))
            return frame;
    }
    return NULL;
}

/* The frame of a call by slots that ends; NULL: it has none. */
static struct segment_frame *find_end(const struct lane *lane, const struct ending *call) {
    struct segment_frame *base = shadow_base(lane);

    for (struct segment_frame *frame = lane->top; frame > base; frame--) {
        if ((frame->shift & ~SEGMENT_SHIFT_MASK) == (uintptr_t)call->slot && frame->sp >= call->sp)
            return frame;
    }
    return NULL;
}

static void record_exit(struct lane *lane, const struct ending *call, uint64_t now) {
    struct segment_frame *frame;
    if (call->slot == NULL && lane->overflow != 0) {
        lane->overflow--;
        return;
    }
    frame = call->slot != NULL ? find_end(lane, call)
                               : find_exit(lane, call->function, call->call_site, call->sp);
    if (frame == NULL) {
        if (process_recording)
            lane->info->unmatched_exits++;
        return;
    }
    shadow_unwind(lane, frame, now);
    shadow_pop(lane, now, false);
}

static void leave(const struct ending *call, uint64_t counter) {
    const int saved_errno = errno;
    const uint64_t now = clock_kind == SEGMENT_CLOCK_MONOTONIC ? clock_ticks() : counter;
    cancellation_hold();
    struct lane *lane = lane_for_hook(call->sp);

    if (lane != NULL) {
        const struct cpu_moment moment = cpu_time_at(lane, lane->top, now);
        record_exit(lane, call, moment.ticks);
        cpu_time_add_wait(lane, lane->top, moment.wait);
        lane->last = moment.ticks;
        lane_rest(lane);
        if (lane->info->kind == SEGMENT_LANE_SIGNAL && lane->top == shadow_base(lane))
            lane_leave(lane, now);
    }
    errno = saved_errno;
    cancellation_allow();
}

void cinstr_slow_exit(uint64_t function, uint64_t call_site, uintptr_t sp, uint64_t now) {
    const struct ending call = {.function = function, .call_site = call_site, .sp = sp};

    leave(&call, now);
}

/* --- calls by slots --------------------------------------------------------------------------- */

/* The context, in the lane's own tree, of a call that the place has counted. A signal handler that
 * interrupts a hook may come by a place of the interrupted lane: its time belongs to its own lane.
 * NULL: no memory. */
static struct segment_node *node_of_call(struct lane *lane, struct cinstr_place *place,
                                         struct cinstr_place **slot) {
    const struct place_info *info = place_info(place);
    struct segment_node *node;

    if (place_lane(place) == lane)
        return place_node(place);
    node = tree_child(lane, slot_context(lane, slot), info->function, info->call_site);
    if (node != NULL)
        node->kind = SEGMENT_NODE_COUNTED;
    return node;
}

/* Opens a frame for the call, which is counted already. False: it gets none, and its end must not be
 * told. */
static bool record_begin(struct lane *lane, struct cinstr_place *place, struct cinstr_place **slot,
                         uintptr_t sp) {
    struct segment_node *node = node_of_call(lane, place, slot);
    bool is_timed = true;
    uint32_t shift = 0;

    if (lane->timed_calls != NULL && !trace_is_on)
        is_timed = cinstr_place_look(lane, place, &shift);
    else
        place->left = 0;
    if (node == NULL || !shadow_push(lane, node, sp, is_timed ? clock_ticks() : 0))
        return false;
    --*tree_returns(lane, node);
    lane->top->shift = (uintptr_t)slot | shift;
    return true;
}

uint64_t cinstr_slow_begin(struct cinstr_place *place, struct cinstr_place **slot, uintptr_t sp) {
    const int saved_errno = errno;
    uint64_t kept = (uintptr_t)slot;
    cancellation_hold();
    struct lane *lane = lane_for_hook(sp);

    if (lane != NULL) {
        const struct place_info *info = place_info(place);
        const uint64_t now = cpu_time_now(lane);
        hook_loop_if_due(lane);
        resync_enter(lane, info->function, info->call_site, sp, now);
        const uint64_t depth = (uint64_t)(lane->top - shadow_base(lane));
        if (process_recording && record_begin(lane, place, slot, sp))
            kept |= 1;
        begin_call(lane, shadow_base(lane) + depth, now);
        lane_rest(lane);
    }
    errno = saved_errno;
    cancellation_allow();
    return kept;
}

void cinstr_slow_end(struct cinstr_place **slot, uintptr_t sp, uint64_t now) {
    const struct ending call = {.slot = slot, .sp = sp};

    leave(&call, now);
    cinstr1_slot = slot;
}

/* --- instructions ----------------------------------------------------------------------------- */

/* Frames below sp were left without a hook. Instructions that belong to no open call are not
 * recorded, because their call was not. */
void cinstr_slow_instructions(uintptr_t sp, uint64_t count) {
    const int saved_errno = errno;
    cancellation_hold();
    struct lane *lane = lane_for_hook(sp);

    if (lane != NULL) {
        const struct segment_frame *base = shadow_base(lane), *frame = lane->top;
        while (frame > base && frame->sp < sp)
            frame--;
        if (frame > base && process_recording)
            segment.instructions[tree_index(node_of(frame))] += count;
        lane_rest(lane);
    }
    errno = saved_errno;
    cancellation_allow();
}

void cinstr_switched(struct lane *lane) {
    const int saved_errno = errno;
    struct segment_frame *frame = lane->top;
    const bool is_timed = frame->start != 0;
    const struct cpu_moment moment =
        cpu_time_at(lane, frame - 1, is_timed ? frame->start : clock_ticks());
    cpu_time_add_wait(lane, frame - 1, moment.wait);
    if (is_timed)
        frame->start = moment.ticks;
    frame->paused = lane->paused;
    lane_rest(lane);
    errno = saved_errno;
}
