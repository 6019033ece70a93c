/* SPDX-License-Identifier: MIT */
/* The shadow stack: a frame for each open call, above a base frame. */
#ifndef CINSTR_RUNTIME_TREE_SHADOW_H
#define CINSTR_RUNTIME_TREE_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"
#include "runtime/segment/segment_parts.h"

static inline struct segment_frame *shadow_base(const struct lane *lane) {
    return (struct segment_frame *)(segment.base + lane->info->frames);
}

/* Pushes a frame. `start`: 0 if the call is not timed. False: no memory. */
bool shadow_push(struct lane *lane, struct segment_node *node, uintptr_t sp, uint64_t start);
/* Pops the top frame. abnormal: the call did not return. */
void shadow_pop(struct lane *lane, uint64_t now, bool abnormal);
/* Pops frames abnormally until `frame` is on top. */
void shadow_unwind(struct lane *lane, const struct segment_frame *frame, uint64_t now);
/* Completes the change that a hook of the lane had begun and will never finish, since its thread
 * was cancelled or a handler jumped out of it. */
void shadow_repair(struct lane *lane);
/* Opens the open calls again below another root, without counting them: for fork, label, reset. */
void shadow_carry(struct lane *lane, struct segment_node *root, uint64_t now);

#endif
