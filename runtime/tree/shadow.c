/* SPDX-License-Identifier: MIT */
/*
 * The shadow stack, slow half: growth, abnormal ends, open calls carried elsewhere. The hot half,
 * in hooks.c, must leave behind the same as shadow_push() and shadow_pop().
 *
 * Called within hook_begin().
 */
#include "shadow.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "adaptive.h"
#include "context_tree.h"
#include "duration.h"
#include "places.h"
#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "trace_ring.h"

/* The frame above the top is always there and zero: it ends the stack for readers. */
static bool grow(struct lane *lane) {
    struct segment_frame *old = shadow_base(lane);
    const uint64_t capacity = lane->info->frame_capacity;
    const uint64_t larger = capacity < 1024 ? 1024 : capacity * 2;
    struct segment_frame *frames = segment_take_last_heap(larger * sizeof *frames);

    if (frames == NULL)
        return false;
    memcpy(frames, old, capacity * sizeof *frames);
    lane->top = frames + (lane->top - old);
    lane->limit = frames + larger - 2;
    __atomic_store_n(&lane->info->frames, (uint64_t)((char *)frames - segment.base),
                     __ATOMIC_RELEASE);
    __atomic_store_n(&lane->info->frame_capacity, larger, __ATOMIC_RELEASE);
    if (capacity * sizeof *old >= 4096 && process_try_lock()) {
        segment_give_heap(old, capacity * sizeof *old);
        process_unlock();
    }
    return true;
}

bool shadow_push(struct lane *lane, struct segment_node *node, uintptr_t sp, uint64_t start) {
    struct segment_frame *frame;

    if (lane->top >= lane->limit && !grow(lane))
        return false;
    frame = lane->top + 1;
    frame->sp = sp;
    frame->start = start;
    frame->paused = lane->paused;
    frame->shift = 0;
    SIGNAL_FENCE();
    frame->node = (uintptr_t)node;
    lane->top = frame;
    return true;
}

/* A handler's frames hang below a node of the lane that it interrupted, which only that lane may
 * change: the time goes to this lane's root, and from there to the other when the handler is left.
 */
static struct segment_node *node_for_children(const struct lane *lane,
                                              const struct segment_frame *frame) {
    return frame == shadow_base(lane) ? lane->root : (struct segment_node *)frame->node;
}

/* Charges the time since a timed frame was entered, or last charged. */
static void charge(struct lane *lane, const struct segment_frame *frame, uint64_t now) {
    struct segment_node *node = (struct segment_node *)frame->node;
    uint64_t ticks = now - frame->start + frame->paused - lane->paused;

    if ((int64_t)ticks < 0) {
        ticks = 0;
        __atomic_add_fetch(&segment.header->losses.clock_backwards, 1, __ATOMIC_RELAXED);
    }
    const uint64_t scaled = adaptive_scale(ticks, frame->shift & SEGMENT_SHIFT_MASK);
    struct segment_node *caller = adaptive_caller(lane, frame);
    if (caller == NULL)
        caller = node_for_children(lane, frame - 1);
    node->total += scaled;
    node->self += scaled;
    caller->self -= scaled;
}

/* Sets the thread's word to what it was at the call. That a call ended abnormally may be noticed
 * late, when its callers have set the word already: then it is left alone. */
static void leave_slot(const struct segment_frame *frame, const struct segment_node *node,
                       bool abnormal) {
    struct cinstr_place **before =
        (struct cinstr_place **)(uintptr_t)(frame->shift & ~SEGMENT_SHIFT_MASK);

    if (abnormal &&
        (slot_is_void(cinstr1_slot) || slot_info(cinstr1_slot)->node != tree_index(node)))
        return;
    cinstr1_slot = before != NULL ? before : &cinstr1_no_slot;
}

/* Where the call's return is counted. With timing=adaptive the frame below need not be the caller's. */
static uint64_t *returns_of(const struct lane *lane, const struct segment_frame *frame) {
    const struct segment_node *node = (const struct segment_node *)frame->node;

    return lane->timed_calls != NULL && node->kind == SEGMENT_NODE_COUNTED
               ? tree_returns(lane, node)
               : &node_for_children(lane, frame - 1)->callee_returns;
}

void shadow_pop(struct lane *lane, uint64_t now, bool abnormal) {
    struct segment_frame *frame = lane->top;
    struct segment_node *node = (struct segment_node *)frame->node;

    if (frame->start != 0) {
        charge(lane, frame, now);
        if (lane->histogram != NULL)
            duration_add(lane, node, now > frame->start ? now - frame->start : 0);
        if (lane->timed_calls != NULL)
            lane->timed_calls[node_offset(lane, node) / sizeof *node]++;
    } else if (lane->timed_calls == NULL) {
        node_give_time(node, node_for_children(lane, frame - 1));
    }
    if (lane->trace != NULL)
        trace_exit(lane, node, now);
    if (places_in_use)
        leave_slot(frame, node, abnormal);
    if (abnormal)
        segment.unwinds[tree_index(node)]++;
    else
        ++*returns_of(lane, frame);
    frame->node = 0;
    lane->top = frame - 1;
}

void shadow_unwind(struct lane *lane, const struct segment_frame *frame, uint64_t now) {
    while (lane->top > frame && lane->top > shadow_base(lane))
        shadow_pop(lane, now, true);
}

/* Entries counted less the calls that are open, returned or unwound: 0 unless a hook stopped
 * halfway. */
static int64_t count_missing(const struct lane *lane) {
    uint64_t missing = lane->info->carried - (uint64_t)(lane->top - shadow_base(lane));

    for (uint32_t block = lane->first_block; block != 0; block = tree_block_next[block - 1]) {
        const uint32_t first = (block - 1) * SEGMENT_BLOCK_NODES;
        for (uint32_t i = first; i < first + segment.blocks[block - 1].count; i++) {
            const struct segment_node *node = tree_node(i);
            missing += node->kind == SEGMENT_NODE_COUNTED ? 0 : node->calls;
            missing -= node->callee_returns + segment.unwinds[i];
        }
    }
    return (int64_t)missing;
}

void shadow_repair(struct lane *lane) {
    struct segment_frame *const base = shadow_base(lane);
    int64_t missing;

    if (lane->top > base && lane->top->node == 0) /* an exit that was all but done */
        lane->top--;
    missing = count_missing(lane);
    if (missing < 0 && lane->top > base) { /* an exit that had counted the return */
        lane->top->node = 0;
        lane->top--;
    } else if (missing > 0) { /* an entry that had counted the call, in which node is not known */
        segment.unwinds[tree_index(lane->root)]++;
    }
}

/* The node `steps` above. */
static struct segment_node *ancestor(struct segment_node *node, uint64_t steps) {
    for (; steps > 0; steps--)
        node = tree_node(node->parent);
    return node;
}

/* `node` lies below `outer`: finds or makes the node that lies below `parent` in the same way.
 * Calls without frames may lie in between. */
static struct segment_node *move(struct lane *lane, const struct segment_node *outer,
                                 struct segment_node *node, struct segment_node *parent) {
    uint64_t steps = 0;

    for (const struct segment_node *at = node; at->parent != 0 && at != outer; steps++)
        at = tree_node(at->parent);
    if (steps == 0 || ancestor(node, steps) != outer)
        steps = 1; /* by a way back: recursion is folded */
    for (; steps > 0; steps--) {
        const struct segment_node *at = ancestor(node, steps - 1);
        struct segment_node *moved = tree_child(lane, parent, at->function, at->call_site);
        parent = moved == NULL ? parent : moved;
    }
    return parent;
}

/* Closes the time of the open calls where they are and opens them again below `root`; they are not
 * counted anew, but listed as carried. */
void shadow_carry(struct lane *lane, struct segment_node *root, uint64_t now) {
    struct segment_frame *base = shadow_base(lane);
    struct segment_frame *top = lane->top;
    struct segment_node *parent = root, *outer;

    for (struct segment_frame *frame = top; frame > base; frame--) {
        if (frame->start != 0)
            charge(lane, frame, now);
    }
    outer = (struct segment_node *)base->node;
    base->node = (uintptr_t)root;
    for (struct segment_frame *frame = base + 1; frame <= top; frame++) {
        struct segment_node *node = (struct segment_node *)frame->node;
        struct segment_node *moved = move(lane, outer, node, parent);
        outer = node;
        frame->node = (uintptr_t)moved;
        frame->start = frame->start == 0 ? 0 : now;
        frame->paused = lane->paused;
        parent = moved;
    }
    lane->top = top;
}
