/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_ADAPTIVE_H
#define CINSTR_RUNTIME_TREE_ADAPTIVE_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* timing=adaptive: the first value of a new node's `writer`. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

/* Chooses the share of the node's next calls after one that took `ticks` and stands for 2^shift
 * calls. `variance`: of the node's total. Sets the node's `writer`. */
void adaptive_learn(struct segment_node *node, uint64_t ticks, uint32_t shift, uint64_t variance);

/* The node from whose self time the call's time is subtracted. With calls by slots the frame below is
 * not the caller's: most calls have none. NULL: that of the frame below. */
struct segment_node *adaptive_caller(struct lane *lane, const struct segment_frame *frame);

/* Takes the clock's cost from the measurements of hook_loop.c in the segment's header, which a fork
 * child inherits. */
void adaptive_begin(void);
/* The ticks that a timed call stands for: it took `ticks`, and one call in 2^shift was timed. */
uint64_t adaptive_scale(uint64_t ticks, uint64_t shift);

#endif
