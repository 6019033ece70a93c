/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_LANE_RESET_H
#define CINSTR_RUNTIME_ENTRY_LANE_RESET_H

#include "runtime/base/lane.h"

/* Clears what the lane has recorded before the last cinstr_reset(). */
void lane_follow_reset(struct lane *lane);

#endif
