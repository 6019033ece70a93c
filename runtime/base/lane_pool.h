/* SPDX-License-Identifier: MIT */
/* Where lanes lie, in use or not. */
#ifndef CINSTR_RUNTIME_BASE_LANE_POOL_H
#define CINSTR_RUNTIME_BASE_LANE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "lane.h"

/* Makes room for `capacity` lanes. */
void lane_pool_init(uint64_t capacity);
bool lane_pool_is_there(void);

struct lane *lane_at(uint32_t index);

/* What stands in for a thread's lane before its first hook and after its end. */
struct lane *lane_sentinel(void);

/* What stands in for it when there is no memory for a lane. */
struct lane *lane_lost(void);
bool lane_is_lost(const struct lane *lane);

#endif
