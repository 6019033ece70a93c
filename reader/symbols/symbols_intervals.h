/* SPDX-License-Identifier: MIT */
/*
 * An index of nested address ranges: finds those that contain an address, from the innermost
 * outwards. Used by symbols_*.c for code segments, symbols, compile units and inlined calls. Ranges
 * that only overlap, as in a broken file, are found in some fixed order; they do no harm.
 */
#ifndef CINSTR_READER_SYMBOLS_INTERVALS_H
#define CINSTR_READER_SYMBOLS_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

struct interval {
    uint64_t start, limit;
    uint32_t value; /* the user's number; among equal ranges the largest is the innermost */
    uint32_t outer; /* 1 + the index of the range around it; 0 none */
};

struct intervals { /* starts all zero */
    struct interval *items;
    uint32_t count, capacity;
};

/* Adds a range; empty ones are left out. False when out of memory. */
bool intervals_add(struct intervals *intervals, uint64_t start, uint64_t limit, uint32_t value);

/* Call it once, after the last range is added and before the first look-up. */
void intervals_sort(struct intervals *intervals);

/* NULL: none. */
const struct interval *intervals_innermost(const struct intervals *intervals, uint64_t address);
const struct interval *intervals_outer(const struct intervals *intervals,
                                       const struct interval *inner, uint64_t address);

void intervals_free(struct intervals *intervals);

#endif
