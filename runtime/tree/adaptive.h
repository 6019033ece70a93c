/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_ADAPTIVE_H
#define CINSTR_RUNTIME_TREE_ADAPTIVE_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* timing=adaptive: the first value of a new node's `writer`. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

/* Takes the clock's cost from the measurements of hook_loop.c in the segment's header, which a fork
 * child inherits. */
void adaptive_begin(void);
/* The ticks that a timed call stands for: it took `ticks`, and one call in 2^shift was timed. */
uint64_t adaptive_scale(uint64_t ticks, uint64_t shift);

#endif
