/* SPDX-License-Identifier: MIT */
/* See draw.h. Changes nothing but what it is given. */
#include "draw.h"

#include <stdbool.h>
#include <stdint.h>

#define GROUP ((int)DRAW_GROUP)

static uint32_t below(uint32_t most, uint32_t *random) {
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*random * most >> 32);
}

static void begin_block(struct draw *draw, uint32_t shift, uint32_t *random) {
    draw->shift = (uint8_t)shift;
    draw->length = (int16_t)(DRAW_GROUP << shift);
    draw->first = (int16_t)below(DRAW_GROUP << shift, random);
}

/* The first timed call of the block from `at` on; its length: there is none. */
static int next_timed(const struct draw *draw, int at) {
    const int end = draw->first + GROUP;

    if (at < end - draw->length || (at >= draw->first && at < end))
        return at;
    return at < draw->first ? draw->first : draw->length;
}

bool draw_is_timed(const struct draw *draw) {
    return draw->at >= 0 && next_timed(draw, draw->at) == draw->at;
}

/* The call after `at`, or the one before the next that is timed. */
static int64_t go_to(struct draw *draw, int timed) {
    const int next = timed == draw->at + 1 ? timed : timed - 1;
    const int between = next - draw->at - 1;

    draw->at = (int16_t)next;
    return between;
}

int64_t draw_begin(struct draw *draw, uint32_t shift, uint32_t *random) {
    draw->at = -1;
    begin_block(draw, shift, random);
    return go_to(draw, next_timed(draw, 0));
}

int64_t draw_next(struct draw *draw, uint32_t shift, uint32_t *random) {
    int timed = next_timed(draw, draw->at + 1);

    if (timed >= draw->length) {
        draw->at = (int16_t)(draw->at - draw->length);
        begin_block(draw, shift, random);
        timed = next_timed(draw, 0);
    }
    return go_to(draw, timed);
}

/* --- variance --------------------------------------------------------------------------------- */

static uint64_t product(uint64_t a, uint64_t b) {
    uint64_t result;
    return __builtin_mul_overflow(a, b, &result) ? UINT64_MAX : result;
}

/* A sum of m groups of probability 2^-shift has the variance m (4^shift - 2^shift) s^2. */
static uint64_t end_group(struct draw *draw, uint32_t shift) {
    const uint64_t factor = (UINT64_C(1) << (2 * shift)) - (UINT64_C(1) << shift);
    const uint32_t last = draw->last, sum = draw->sum;
    const uint64_t difference = sum > last ? sum - last : last - sum;

    draw->last = sum == 0 ? 1 : sum;
    draw->sum = 0;
    draw->timed = 0;
    if (last == 0) /* the first one */
        return product(factor, (uint64_t)sum * sum);
    return product(factor, difference * difference) / 2;
}

uint64_t draw_add(struct draw *draw, uint64_t ticks, uint32_t shift) {
    const uint64_t sum = draw->sum + ticks;

    draw->sum = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
    return ++draw->timed < DRAW_GROUP ? 0 : end_group(draw, shift);
}
