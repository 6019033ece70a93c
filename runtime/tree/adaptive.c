/* SPDX-License-Identifier: MIT */
/*
 * timing=adaptive. Every call is counted. A context is timed at first on every call; while it
 * proves short it is timed on a random half of its calls, then a quarter, down to one in
 * 2^MAX_SHIFT. A timed call of probability 2^-shift stands for 2^shift calls (Horvitz and Thompson
 * 1952): the sums are unbiased however the share was chosen, since it was fixed before the call.
 * The variance of the sum, the sum of (4^shift - 2^shift) d^2, is kept in a column of its own. Two
 * things are not scaled up: the time of the clock read, which the untimed calls do not spend, and
 * waits, which are measured in every call, timed or not (cpu_time.c). A new context begins with
 * the share that the last context of its edge has reached: programs have many contexts with few
 * calls each.
 *
 * Hooks draw each call by itself, slots draw groups of calls (draw.h).
 */
#include "adaptive.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup.h"
#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/segment/segment_parts.h"

#define MAX_SHIFT    SEGMENT_MOST_SHIFT /* one in 32: the clock's cost hardly matters then */
#define CALLER_SHIFT 3u   /* one in 8, of calls that make calls: their durations vary */
#define FIRST_SHIFT  4u   /* one in 16 at most, in a context that is new */
#define LEVEL_CALLS  128u /* timed calls before the share is halved */

/* About a microsecond: beside longer calls the clock is cheap. */
#define SHORT_TICKS 4000u

/* Whether the standard error of the total so far is at most 20 % of it. It soon is more if the
 * calls are usually, but not always, short. */
static bool is_certain(const struct segment_node *node, uint64_t variance) {
    return (int64_t)node->total <= 0 || variance / node->total <= node->total / 25;
}

/* Whether calls that it made were timed. */
static bool makes_calls(const struct segment_node *node) {
    return (int64_t)(node->total - node->self) > 0;
}

/* node->writer: the shift, and above it the timed calls at that shift. */
static uint32_t next_level(const struct segment_node *node, uint64_t variance) {
    const uint32_t shift = node->writer & LANE_SHIFT_MASK;
    const uint32_t timed = (node->writer >> LANE_SHIFT_BITS) + 1;
    const uint32_t most = makes_calls(node) ? CALLER_SHIFT : MAX_SHIFT;

    if (shift > most)
        return most;
    if (timed < LEVEL_CALLS)
        return timed << LANE_SHIFT_BITS | shift;
    /* Calls that were open at a reset or a fork end without having been counted: there may be none. */
    if ((int64_t)node->total >= 0 && node->total / SHORT_TICKS >= node->calls)
        return shift; /* long calls stay timed one by one */
    return shift < most && is_certain(node, variance) ? shift + 1 : shift;
}

void adaptive_learn(struct segment_node *node, uint64_t ticks, uint32_t shift, uint64_t variance) {
    /* The call was long after all: time every call again. */
    if (shift != 0 && ticks >= UINT64_C(16) * SHORT_TICKS)
        node->writer = 0;
    node->writer = next_level(node, variance);
}

uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site) {
    const struct segment_node *last = memo_slot(lane, function, call_site)->node;
    uint32_t shift = 0;

    if (options.timing == SEGMENT_TIMING_COUNT)
        return LANE_NEVER;
    if (last != NULL && is_node(last, function, call_site))
        shift = last->writer & LANE_SHIFT_MASK;
    return shift < FIRST_SHIFT ? shift : FIRST_SHIFT;
}

/* --- what a duration stands for --------------------------------------------------------------- */

void adaptive_begin(void) {
    const struct segment_probe_sums *loop = &segment.header->start_probes;

    if (loop->batches != 0)
        segment.header->scaled_clock = loop->inner / (loop->batches * SEGMENT_LOOP_PAIRS);
}

uint64_t adaptive_scale(uint64_t ticks, uint64_t shift) {
    const uint64_t clock = shift == 0 ? 0 : segment.header->scaled_clock;

    return ((ticks - clock) << shift) + clock;
}
