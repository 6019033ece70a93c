/* SPDX-License-Identifier: MIT */
/* The memory of lanes, in use or not. */
#ifndef CINSTR_RUNTIME_BASE_LANE_POOL_H
#define CINSTR_RUNTIME_BASE_LANE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "lane.h"

/* Makes room for `capacity` lanes. */
void lane_pool_init(uint64_t capacity);
bool lane_pool_is_there(void);

struct lane *lane_at(uint32_t index);

/* Is a thread's lane before its first hook and after its end. */
struct lane *lane_sentinel(void);

/* Is a thread's lane when there is no memory for one. */
struct lane *lane_lost(void);
bool lane_is_lost(const struct lane *lane);

#endif
