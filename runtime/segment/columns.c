/* SPDX-License-Identifier: MIT */
/*
 * Combines the values of a node that are in columns, in the way that the segment's header states
 * for each. Cold paths alone.
 */
#include "columns.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "samples.h"
#include "segment_parts.h"

static void *element(const struct segment_column *column, uint32_t node) {
    return segment.base + column->offset + (uint64_t)node * column->element_size;
}

void columns_clear(uint32_t node) {
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        if (column->combine == SEGMENT_COMBINE_SAMPLES)
            samples_clear(*(uint64_t *)element(column, node));
        else if (column->combine != SEGMENT_COMBINE_GAUGE)
            memset(element(column, node), 0, column->element_size);
    }
}

static void add_value(uint64_t *to, uint64_t from, uint32_t combine) {
    const bool is_more = combine == SEGMENT_COMBINE_MAX && from > *to;
    const bool is_less = combine == SEGMENT_COMBINE_MIN && from != 0 && (*to == 0 || from < *to);
    if (combine == SEGMENT_COMBINE_SUM || combine == SEGMENT_COMBINE_GAUGE)
        __atomic_add_fetch(to, from, __ATOMIC_RELAXED); /* others may charge: charge.c */
    else if (is_more || is_less)
        *to = from;
}

static void add_histogram(uint32_t *to, const uint32_t *from, uint32_t buckets) {
    for (uint32_t i = 0; i < buckets; i++)
        to[i] = to[i] > UINT32_MAX - from[i] ? UINT32_MAX : to[i] + from[i];
}

void columns_add(uint32_t to, uint32_t from) {
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        if (column->combine == SEGMENT_COMBINE_HISTOGRAM)
            add_histogram(element(column, to), element(column, from), column->element_size / 4);
        else if (column->combine == SEGMENT_COMBINE_SAMPLES)
            samples_merge(element(column, to), element(column, from));
        else
            add_value(element(column, to), *(uint64_t *)element(column, from), column->combine);
    }
}

void columns_move(struct segment_header *there, uint32_t to, uint32_t from) {
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        void *source = element(column, from);
        void *target =
            (char *)there + there->columns[i].offset + (uint64_t)to * column->element_size;
        if (column->combine == SEGMENT_COMBINE_HISTOGRAM)
            add_histogram(target, source, column->element_size / 4);
        else if (column->combine != SEGMENT_COMBINE_SAMPLES)
            add_value(target, *(uint64_t *)source, column->combine);
        memset(source, 0, column->element_size);
    }
}
