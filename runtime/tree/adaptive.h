/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_ADAPTIVE_H
#define CINSTR_RUNTIME_TREE_ADAPTIVE_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* timing=adaptive: the first value of a new node's `writer`. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

/* A call of `node` took `ticks`, as one of 2^shift; the variance of its total is now so large. Sets
 * the node's `writer`. */
void adaptive_learn(struct segment_node *node, uint64_t ticks, uint32_t shift, uint64_t variance);

/* Whose self time the call's is subtracted from, where the frame below need not be its caller's: most
 * calls have none. NULL: it is the caller's. */
struct segment_node *adaptive_caller(struct lane *lane, const struct segment_frame *frame);

/* Starts with the figures of the hooks' loop in the segment's header, which a fork child
 * inherits. */
void adaptive_begin(void);
/* The ticks that a timed call stands for: it took `ticks`, and one call in 2^shift was timed. */
uint64_t adaptive_scale(uint64_t ticks, uint64_t shift);

#endif
