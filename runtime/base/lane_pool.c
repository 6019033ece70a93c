/* SPDX-License-Identifier: MIT */
/*
 * The memory of lanes: a private pool that the kernel wipes in a fork child. Every hook there then
 * takes the slow path, which finds that it is in a child (entry.c).
 */
#include "lane_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lane.h"
#include "wiped.h"

/* In effect read-only: span is 0, so that no hook ever changes it. */
static struct lane sentinel;
__thread struct lane *cinstr1_self __attribute__((tls_model("initial-exec"))) = &sentinel;

/* The lane of a thread for which there was no memory, so that hooks do not try again. */
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
