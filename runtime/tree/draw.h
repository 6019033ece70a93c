/* SPDX-License-Identifier: MIT */
/*
 * timing=adaptive, calls by slots: which calls of a place are timed. The calls are taken in blocks
 * of DRAW_GROUP << shift; of each block one group is timed, DRAW_GROUP calls in a row, and which is
 * drawn for each block anew. A block is a ring: the group may begin at its end and go on at its
 * beginning. So each call is timed with the same probability, 2^-shift, whatever pattern they have.
 *
 *     block of 12   . . . . . . w T T T . .     shift 2
 *     block of 12   T . . . . . . . . w T T     the same, round the end
 *
 * What is timed alone is timed badly: the processor cannot foresee the branches to the clock, nor
 * are they in its near caches. So the call before a group (w) does all that timed ones do, but its
 * duration is not kept.
 */
#ifndef CINSTR_RUNTIME_TREE_DRAW_H
#define CINSTR_RUNTIME_TREE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#define DRAW_GROUP 3u

struct draw {
    int16_t at;            /* where the next call that is looked at stands; -1: before the block */
    int16_t first, length; /* of the group; of the block */
    uint8_t shift;
    uint8_t timed;      /* calls of the present group that have ended */
    uint32_t sum, last; /* ticks of the present group, and of the last */
};

/* Begins a block of DRAW_GROUP << shift calls. Returns how many calls come before the next that is
 * looked at. */
int64_t draw_begin(struct draw *draw, uint32_t shift, uint32_t *random);
/* Whether the duration of the call that is looked at now is to be kept. */
bool draw_is_timed(const struct draw *draw);
/* Goes on to the next: returns how many calls come before it. `shift`: of the next block. */
int64_t draw_next(struct draw *draw, uint32_t shift, uint32_t *random);
/* Adds a duration of one of 2^shift calls. Returns what it adds to the variance of their sum: from
 * the difference of successive groups (Wolter, Introduction to Variance Estimation, ch. 8). */
uint64_t draw_add(struct draw *draw, uint64_t ticks, uint32_t shift);

#endif
