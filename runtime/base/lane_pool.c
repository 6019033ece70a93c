/* SPDX-License-Identifier: MIT */
/*
 * The memory of lanes: a private pool that the kernel wipes in a fork child. There every hook then
 * takes the slow path, which finds out (entry.c).
 */
#include "lane_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lane.h"
#include "wiped.h"

/* Read-only in effect: span is 0, so that nobody ever changes it. */
static struct lane sentinel;
__thread struct lane *cinstr1_self __attribute__((tls_model("initial-exec"))) = &sentinel;

/* Stands in for the lane of a thread for which there was no memory: nobody tries again. */
static struct lane lost;

static struct lane *pool;

void lane_pool_init(uint64_t capacity) {
    pool = wiped_map(capacity * sizeof(*pool));
}

bool lane_pool_is_there(void) {
    return pool != NULL;
}

struct lane *lane_sentinel(void) {
    return &sentinel;
}

struct lane *lane_lost(void) {
    return &lost;
}

bool lane_is_lost(const struct lane *lane) {
    return lane == &lost;
}

struct lane *lane_at(uint32_t index) {
    return &pool[index];
}
