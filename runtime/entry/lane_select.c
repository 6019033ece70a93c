/* SPDX-License-Identifier: MIT */
/*
 * Finds the lane that a hook belongs to, by its stack pointer. The slow path of every hook begins
 * here.
 *
 * Async-signal-safe, and entered from handlers that interrupted a hook at any instruction.
 */
#include "lane_select.h"

#include <cinstr/segment.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cancellation.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/lanes.h"
#include "runtime/tree/open_jumps.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/stacks.h"
#include "runtime/tree/trace_ring.h"

static bool contains(const struct lane *lane, uintptr_t sp) {
    return lane->high - sp < lane->bound;
}

/* The stack pointer of the hook that is changing the lane. */
static uintptr_t hook_sp(const struct lane *lane) {
    return lane->high - lane->span;
}

void lane_rest(struct lane *lane) {
    const bool usual = process_recording && clock_kind != SEGMENT_CLOCK_MONOTONIC &&
                       lane->pending == 0 && lane->overflow == 0 && !trace_is_on &&
                       !lane->has_inner && !cancellation_is_async();

    __atomic_store_n(&lane->full, usual ? lane->bound : 0, __ATOMIC_SEQ_CST);
    /* cinstr_stop() clears the flag first and full afterwards, cinstr_reset() likewise raises the
     * epoch: one of us sees the other. */
    if (!process_recording || lane->epoch != process_reset_epoch)
        lane_wake(lane);
    SIGNAL_FENCE();
    lane->span = __atomic_load_n(&lane->full, __ATOMIC_RELAXED);
}

/* --- handlers --------------------------------------------------------------------------------- */

/* The last call that is complete: an interrupted exit may have cleared its frame already. */
static uint64_t complete_top(const struct lane *lane) {
    if (places_in_use && slot_is_own(lane, cinstr1_slot))
        return (uintptr_t)tree_node(slot_info(cinstr1_slot)->node);
    return lane->top->node != 0 ? lane->top->node : lane->top[-1].node;
}

/* The lane to which the thread's slot belongs: calls that are counted by slots are in no shadow
 * stack, so only the slot says where they are. NULL: not known. */
static struct lane *lane_of_slot(const struct lane *any) {
    if (!places_in_use)
        return NULL;
    for (struct lane *lane = any->thread; lane != NULL; lane = lane->sibling) {
        if (slot_is_own(lane, cinstr1_slot))
            return lane;
    }
    return NULL;
}

/* The lane that a handler has interrupted. `last`: the one on which a hook ran last. */
static struct lane *interrupted(struct lane *last) {
    struct lane *lane = lane_of_slot(last);

    if (lane != NULL || places_in_use)
        return lane != NULL ? lane : last;
    /* A coroutine that has ended returned without a hook to where it was resumed. */
    while (last->resumer != NULL && last->top == shadow_base(last))
        last = last->resumer;
    return last;
}

/* Enters a lane for a handler that runs on the stack [low, high): the rest of the interrupted
 * stack, below the interrupted hook, or an alternate stack. Its calls are children of the
 * interrupted call. */
static struct lane *enter_handler(struct lane *last, uintptr_t low, uintptr_t high) {
    struct lane *outer = interrupted(last);
    struct lane *lane = outer->nested;

    if (lane == NULL) {
        lane = lane_new(SEGMENT_LANE_SIGNAL, high, high - low, outer);
        if (lane == NULL)
            return NULL;
        lane->sibling = lane->thread->sibling;
        lane->thread->sibling = lane;
        outer->nested = lane;
        /* Its last exit must take the slow path, which leaves the lane. */
        shadow_base(lane)->sp = 0;
    }
    lane->high = high;
    lane->bound = high - low;
    shadow_base(lane)->node = complete_top(outer);
    lane->root_self = lane->root->self;
    cpu_time_resume(lane);
    lane_rest(lane);
    cinstr1_self = lane;
    return lane;
}

void lane_leave(struct lane *lane, uint64_t now) {
    struct lane *outer = lane->outer;

    shadow_unwind(lane, shadow_base(lane), now);
    jumps_forget(lane);
    outer->deferred_parent = (struct segment_node *)shadow_base(lane)->node;
    outer->deferred_ticks += lane->root_self - lane->root->self;
    outer->pending |= LANE_PENDING_DEFERRED;
    shadow_base(lane)->node = (uintptr_t)lane->root;
    lane_wake(outer); /* the interrupted hook will set span to this; the next one then settles */
    if (!lane_in_hook(outer))
        outer->span = 0;
    outer->paused = outer->info->paused = lane->paused;
    cinstr1_self = outer;
}

static bool on_alternate_stack(uintptr_t sp, uintptr_t *low, uintptr_t *high) {
    bool is_on;

    return stack_alternate(low, high, &is_on) && is_on && sp > *low && sp <= *high;
}

/* --- other stacks ----------------------------------------------------------------------------- */

static struct lane *adopt(struct lane *lane, struct lane *thread) {
    if (lane == NULL)
        return NULL;
    lane->thread = thread;
    lane->sibling = thread->sibling;
    thread->sibling = lane;
    return lane;
}

static struct lane *lane_of_named_stack(struct stack *stack, struct lane *from) {
    struct lane *thread = from->thread;

    if (!stack_has_lane(stack)) {
        const uintptr_t bound = stack->high - stack->low;
        stack->lane = adopt(lane_new(SEGMENT_LANE_STACK, stack->high, bound, NULL), thread);
    }
    if (stack->lane != NULL && from->resumer != stack->lane)
        stack->lane->resumer = from;
    return stack->lane;
}

/* A handler's lane is in use from the handler's first hook until it is left. */
static bool is_in_use(const struct lane *lane) {
    return lane->info->kind != SEGMENT_LANE_SIGNAL ||
           shadow_base(lane)->node != (uintptr_t)lane->root;
}

/* Whether sp lies in another stack that is part of this one: a local array of an open call. */
static bool is_inner(const struct lane *lane, uintptr_t sp) {
    uintptr_t low, high;

    return (lane->has_inner && stacks_find(sp) != NULL) ||
           (lane->has_alternate && on_alternate_stack(sp, &low, &high));
}

/* Forgets such inner stacks if their frame has ended. `sp`: the stack pointer of a hook on the
 * lane's own stack, or 0. */
static void forget_inner(struct lane *lane, uintptr_t sp) {
    if (!lane->has_inner)
        return;
    stacks_forget(lane, sp);
    lane->has_inner = stacks_are_in(lane);
}

/* Lanes of this thread whose stack holds sp; the newest first, but the thread's own last. */
static struct lane *known_lane(struct lane *thread, uintptr_t sp) {
    for (struct lane *lane = thread->sibling; lane != NULL; lane = lane->sibling) {
        if (contains(lane, sp) && is_in_use(lane))
            return lane;
    }
    forget_inner(thread, 0);
    if (!contains(thread, sp) || is_inner(thread, sp))
        return NULL;
    forget_inner(thread, sp);
    return thread;
}

/* Extends the bounds of the thread's own stack if sp lies deeper than it was known to reach. NULL:
 * sp is not on that stack. */
static struct lane *extend_thread(struct lane *thread, uintptr_t sp) {
    const uintptr_t low = thread->high - thread->bound;
    uintptr_t lower;

    if (sp > low || low - sp >= (UINT64_C(1) << 30))
        return NULL;
    lower = stack_extend(low, sp);
    if (lower >= sp)
        return NULL;
    if (!lane_in_hook(thread)) {
        lane_wake(thread);
        thread->span = 0; /* one that is not the bound would mean a hook */
    }
    thread->bound = thread->high - lower;
    return thread;
}

/* The lane for a stack pointer that does not lie in the current lane's stack. */
static struct lane *switch_stack(struct lane *lane, uintptr_t sp) {
    struct lane *thread = lane->thread;
    struct stack *stack = stacks_find(sp);
    struct lane *other = stack != NULL ? NULL : known_lane(thread, sp);
    uintptr_t low, high;

    if (stack != NULL)
        return lane_of_named_stack(stack, lane);
    if (other != NULL)
        return other;
    if (on_alternate_stack(sp, &low, &high))
        return enter_handler(lane, low, high);
    other = extend_thread(thread, sp);
    if (other != NULL)
        return other;
    if (!stack_of_mapping(sp, &low, &high))
        return NULL;
    return adopt(lane_new(SEGMENT_LANE_STACK, high, high - low, NULL), thread);
}

void lane_find_inner(struct lane *thread) {
    const uintptr_t low = thread->high - thread->bound;
    uintptr_t from, to;
    bool is_on;

    thread->has_inner = stacks_are_in(thread);
    thread->has_alternate =
        stack_alternate(&from, &to, &is_on) && from >= low && to <= thread->high;
}

void lane_exclude(uintptr_t high, uintptr_t sp) {
    struct stack *stack = stacks_find(high);
    struct lane *thread;

    if (process_state != PROCESS_UP || process_is_forked() || !cinstr1_self->ready)
        return;
    thread = cinstr1_self->thread;
    if (!contains(thread, high - 1))
        return;
    if (lane_in_hook(thread))
        return; /* called by a handler that interrupted a hook: nothing may be changed */
    if (contains(thread, sp) && high <= sp) {
        thread->bound = thread->high - high;
    } else {
        if (stack != NULL)
            stack->is_owned = thread->top->sp <= stack->low;
        lane_find_inner(thread);
    }
    lane_wake(thread);
    thread->span = 0;
}

/* A handler's lane ends when a hook runs on the stack that it interrupted, or on one that is
 * neither its own nor a coroutine that it may have started. */
static bool handler_is_over(const struct lane *lane, uintptr_t sp) {
    return lane->info->kind == SEGMENT_LANE_SIGNAL &&
           (contains(lane->outer, sp) || stacks_find(sp) == NULL);
}

/* Leaves a handler's lane if the thread's slot shows that the handler is over. Returns the lane of
 * the slot: the hook belongs to that one, or to a handler that has interrupted it. */
static struct lane *leave_if_over(struct lane *lane) {
    struct lane *other;

    if (lane->info->kind != SEGMENT_LANE_SIGNAL || lane_in_hook(lane) ||
        lane->top != shadow_base(lane))
        return lane;
    other = lane_of_slot(lane);
    if (other == NULL || other == lane || other == lane->outer)
        return lane;
    lane_leave(lane, clock_ticks());
    return other;
}

struct lane *lane_select(struct lane *lane, uintptr_t sp) {
    uintptr_t low, high;

    while (lane != NULL) {
        lane = leave_if_over(lane);
        const bool in_hook = lane_in_hook(lane);

        forget_inner(lane, 0);
        if (contains(lane, sp) && !is_inner(lane, sp)) {
            forget_inner(lane, sp);
            if (in_hook && sp < hook_sp(lane))
                return enter_handler(lane, lane->high - lane->bound, hook_sp(lane));
            if (in_hook) /* a handler has jumped out of that hook */
                shadow_repair(lane);
            return lane;
        }
        if (in_hook && on_alternate_stack(sp, &low, &high)) {
            lane = enter_handler(lane, low, high);
        } else if (handler_is_over(lane, sp)) {
            lane_leave(lane, clock_ticks());
            lane = lane->outer;
        } else {
            lane = switch_stack(lane, sp);
        }
    }
    return NULL;
}
