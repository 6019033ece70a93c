/* SPDX-License-Identifier: MIT */
/*
 * An index of nested address ranges: which ones hold an address, from the innermost outwards. Used
 * by the files symbols_*.c for code segments, symbols, compile units and inlined calls. Ranges that
 * only overlap, as a broken file may have, are found in some fixed order; they do no harm.
 */
#ifndef CINSTR_READER_SYMBOLS_INTERVALS_H
#define CINSTR_READER_SYMBOLS_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

struct interval {
    uint64_t start, limit;
    uint32_t value; /* the user's; among equal ranges the greatest is the innermost */
    uint32_t outer; /* 1 + the index of the next one outwards; 0 none */
};

struct intervals { /* starts all zero */
    struct interval *items;
    uint32_t count, capacity;
};

/* Empty ranges are left out. False when out of memory. */
bool intervals_add(struct intervals *intervals, uint64_t start, uint64_t limit, uint32_t value);

/* To be called once, after the last is added and before the first is looked for. */
void intervals_sort(struct intervals *intervals);

/* NULL: none. */
const struct interval *intervals_innermost(const struct intervals *intervals, uint64_t address);
const struct interval *intervals_outer(const struct intervals *intervals,
                                       const struct interval *inner, uint64_t address);

void intervals_free(struct intervals *intervals);

#endif
