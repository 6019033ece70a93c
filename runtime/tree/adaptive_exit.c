/* SPDX-License-Identifier: MIT */
/* timing=adaptive: what the end of a timed call adds to its context, and takes from its caller's. */
#include <cinstr/segment.h>

#include <stddef.h>
#include <stdint.h>

#include "adaptive.h"
#include "context_tree.h"
#include "draw.h"
#include "places.h"
#include "runtime/base/lane.h"

static uint64_t add_saturating(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

struct segment_node *adaptive_caller(struct lane *lane, const struct segment_frame *frame) {
    struct cinstr_place **slot =
        (struct cinstr_place **)(uintptr_t)(frame->shift & ~SEGMENT_SHIFT_MASK);
    const struct place_info *info;
    struct segment_node *node;

    if (lane->timed_calls == NULL || slot == NULL || !slot_is_own(lane, slot))
        return NULL;
    info = slot_info(slot);
    node = node_at(lane, info->node * (uint32_t)sizeof *node);
    while (!info->is_timed && info->parent != 0) {
        info = place_info(place_at(info->parent));
        node = node_at(lane, info->node * (uint32_t)sizeof *node);
    }
    return node;
}

/* Adds the time of a call that stands for 2^shift calls. */
static void charge(struct lane *lane, const struct segment_frame *top, uint64_t ticks) {
    struct segment_node *node = (struct segment_node *)top->node;
    struct segment_node *caller = adaptive_caller(lane, top);
    const uint64_t scaled = adaptive_scale(ticks, top->shift & SEGMENT_SHIFT_MASK);

    if (caller == NULL)
        caller = (struct segment_node *)top[-1].node;
    node->total += scaled;
    node->self += scaled;
    caller->self -= scaled;
    lane->timed_calls[node_offset(lane, node) / sizeof *node]++;
}

static void learn(struct lane *lane, const struct segment_frame *top, uint64_t ticks,
                  uint64_t variance) {
    struct segment_node *node = (struct segment_node *)top->node;
    uint64_t *sum = &lane->variance[node_offset(lane, node) / sizeof *node];

    *sum = add_saturating(*sum, variance);
    adaptive_learn(node, ticks, (uint32_t)(top->shift & SEGMENT_SHIFT_MASK), *sum);
}

void cinstr_adaptive_exit(struct lane *lane, const struct segment_frame *top, uint64_t ticks) {
    const uint32_t shift = (uint32_t)(top->shift & SEGMENT_SHIFT_MASK);
    const uint64_t factor = (UINT64_C(1) << (2 * shift)) - (UINT64_C(1) << shift);

    charge(lane, top, ticks);
    learn(lane, top, ticks, ticks < UINT32_MAX ? factor * (ticks * ticks) : 0);
}

void cinstr_drawn_end(struct lane *lane, const struct segment_frame *top, uint64_t ticks) {
    const uint32_t shift = (uint32_t)(top->shift & SEGMENT_SHIFT_MASK);
    struct cinstr_place *place = place_of(lane, (const struct segment_node *)top->node);

    if (!lane->is_loop)
        ++*tree_returns(lane, (const struct segment_node *)top->node);
    if (top->start == 0)
        return;
    charge(lane, top, ticks);
    learn(lane, top, ticks,
          place == NULL ? 0 : draw_add(&((struct place *)(void *)place)->draw, ticks, shift));
}
