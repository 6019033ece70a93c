/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_ADAPTIVE_H
#define CINSTR_RUNTIME_TREE_ADAPTIVE_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* timing=adaptive: what a new node's `writer` begins with. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

/* Begins with the loop's figures in the segment's header, which a fork child inherits. */
void adaptive_begin(void);
/* What a call that took `ticks` stands for, timed as one of 2^shift. */
uint64_t adaptive_scale(uint64_t ticks, uint64_t shift);

#endif
