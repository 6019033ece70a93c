/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_LANES_H
#define CINSTR_RUNTIME_TREE_LANES_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* Makes a lane for the calling thread. `kind`: enum segment_lane_kind. The lane's stack is
 * [high - bound, high). `outer`: for a signal lane, the interrupted one. NULL: no memory. */
struct lane *lane_new(uint32_t kind, uintptr_t high, uintptr_t bound, struct lane *outer);
/* Gives a lane's memory back, after it has been merged. The caller holds the process lock. */
void lane_free(struct lane *lane);

#endif
