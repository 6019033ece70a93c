/* SPDX-License-Identifier: MIT */
/* The shadow stack: one frame an open call, above a base frame. */
#ifndef CINSTR_RUNTIME_TREE_SHADOW_H
#define CINSTR_RUNTIME_TREE_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"
#include "runtime/segment/segment_parts.h"

static inline struct segment_frame *shadow_base(const struct lane *lane) {
    return (struct segment_frame *)(segment.base + lane->info->frames);
}

bool shadow_push(struct lane *lane, struct segment_node *node, uintptr_t sp, uint64_t start);
/* Pops the top frame. abnormal: it did not return. */
void shadow_pop(struct lane *lane, uint64_t now, bool abnormal);
/* Pops abnormally until `frame` is on top. */
void shadow_unwind(struct lane *lane, const struct segment_frame *frame, uint64_t now);
/* After a hook of the lane that will never be finished, since its thread was cancelled or a handler
 * jumped out of it: ends what it had begun. */
void shadow_repair(struct lane *lane);
/* Re-opens the open calls below another root, without counting them: fork, label, reset. */
void shadow_carry(struct lane *lane, struct segment_node *root, uint64_t now);

#endif
