/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_LANES_H
#define CINSTR_RUNTIME_TREE_LANES_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* A lane of the calling thread, NULL when there is no memory. `outer`: of a signal lane. */
struct lane *lane_new(uint32_t kind, uintptr_t high, uintptr_t bound, struct lane *outer);
/* Gives a lane's memory back, once it has been merged. The caller holds the process lock. */
void lane_free(struct lane *lane);

#endif
