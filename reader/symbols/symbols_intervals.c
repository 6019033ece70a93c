/* SPDX-License-Identifier: MIT */
/*
 * Nested address ranges (see symbols_intervals.h), sorted by start, outer before inner. Each knows
 * the one around it. So a look-up is a binary search and then as many steps as ranges are nested,
 * however many siblings there are.
 */
#include "symbols_intervals.h"

#include <stddef.h>
#include <stdlib.h>

bool intervals_add(struct intervals *intervals, uint64_t start, uint64_t limit, uint32_t value) {
    if (limit <= start)
        return true;
    if (intervals->count == intervals->capacity) {
        uint32_t capacity = intervals->capacity == 0 ? 16 : intervals->capacity * 2;
        struct interval *items = capacity < intervals->capacity
                                     ? NULL
                                     : reallocarray(intervals->items, capacity, sizeof(*items));
        if (items == NULL)
            return false;
        intervals->items = items;
        intervals->capacity = capacity;
    }
    intervals->items[intervals->count++] = (struct interval){start, limit, value, 0};
    return true;
}

static int compare(const void *left, const void *right) {
    const struct interval *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->limit != b->limit)
        return a->limit > b->limit ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static uint32_t around(const struct intervals *intervals, uint32_t position, uint64_t address) {
    while (position != 0 && intervals->items[position - 1].limit <= address)
        position = intervals->items[position - 1].outer;
    return position;
}

void intervals_sort(struct intervals *intervals) {
    if (intervals->count != 0)
        qsort(intervals->items, intervals->count, sizeof(*intervals->items), compare);
    for (uint32_t i = 0; i < intervals->count; i++)
        intervals->items[i].outer = around(intervals, i, intervals->items[i].start);
}

static const struct interval *at(const struct intervals *intervals, uint32_t position) {
    return position == 0 ? NULL : &intervals->items[position - 1];
}

const struct interval *intervals_innermost(const struct intervals *intervals, uint64_t address) {
    uint32_t low = 0, high = intervals->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (intervals->items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return at(intervals, around(intervals, low, address));
}

const struct interval *intervals_outer(const struct intervals *intervals,
                                       const struct interval *inner, uint64_t address) {
    return at(intervals, around(intervals, inner->outer, address));
}

void intervals_free(struct intervals *intervals) {
    free(intervals->items);
    *intervals = (struct intervals){0};
}
