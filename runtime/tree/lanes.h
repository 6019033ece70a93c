/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_LANES_H
#define CINSTR_RUNTIME_TREE_LANES_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* A new lane for the calling thread, NULL when there is no memory. `outer`: for a signal lane,
 * the lane interrupted. */
struct lane *lane_new(uint32_t kind, uintptr_t high, uintptr_t bound, struct lane *outer);
/* Gives a lane's memory back, after it has been merged. The caller holds the process lock. */
void lane_free(struct lane *lane);

#endif
