/* SPDX-License-Identifier: MIT */
/*
 * The layout of a segment: its sections and columns, by the options and the available memory.
 * Called by segment_create.c when a segment is made. Changes nothing but the plan.
 */
#include "segment_layout.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/options.h"
#include "runtime/base/page.h"
#include "segment_parts.h"

#define LANE_CAPACITY UINT64_C(32768)

/* Capacities to try in turn, until address space and file size limit allow one. */
static const struct layout_try {
    uint64_t heap;
    uint32_t node_divisor;
} tries[] = {{UINT64_C(1) << 30, 1},
             {UINT64_C(1) << 28, 1},
             {UINT64_C(1) << 26, 2},
             {UINT64_C(1) << 24, 16},
             {UINT64_C(1) << 22, 64}};

static void add_section(struct segment_header *header, enum segment_section_id id,
                        uint64_t capacity, size_t element_size) {
    struct segment_section *section = &header->sections[id];
    section->offset = header->size;
    section->capacity = capacity;
    section->element_size = (uint32_t)element_size;
    header->size += round_up(capacity * element_size, PAGE);
}

static void add_column(struct segment_header *header, const char *name, const char *unit,
                       enum segment_combine combine) {
    struct segment_column *column = &header->columns[header->column_count++];
    const bool is_histogram = combine == SEGMENT_COMBINE_HISTOGRAM;
    const size_t element_size = is_histogram ? SEGMENT_HISTOGRAM_BUCKETS * sizeof(uint32_t) : 8;
    memcpy(column->name, name, strlen(name) + 1);
    memcpy(column->unit, unit, strlen(unit) + 1);
    column->element_size = (uint32_t)element_size;
    column->combine = combine;
    column->offset = header->size;
    header->size += round_up(header->sections[SEGMENT_SECTION_NODES].capacity * element_size, PAGE);
}

static void add_columns(struct segment_header *header, bool has_cpu_time) {
    const bool is_adaptive = options.timing == SEGMENT_TIMING_ADAPTIVE;
    const struct {
        const char *name, *unit;
        enum segment_combine combine;
        bool is_wanted;
    } rows[] = {
#define VALUE(...)
#define COLUMN(name, type, unit, combine, wanted, ...)                                             \
    {#name, unit, SEGMENT_COMBINE_##combine, wanted},
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].is_wanted)
            add_column(header, rows[i].name, rows[i].unit, rows[i].combine);
    }
}

bool segment_plan(struct segment_header *header, unsigned attempt, bool has_cpu_time) {
    if (attempt >= sizeof(tries) / sizeof(tries[0]))
        return false;
    const struct layout_try *try = &tries[attempt];
    /* Every lane takes a block. Otherwise twice the budget, since truncated edges are added to
     * it. */
    uint64_t nodes = round_up(
        (options.contexts * 2 + LANE_CAPACITY * SEGMENT_BLOCK_NODES) / try->node_divisor, 1024);
    if (nodes > UINT32_MAX / sizeof(struct segment_node))
        nodes = UINT32_MAX / sizeof(struct segment_node) / 1024 * 1024;

    memset(header, 0, sizeof(*header));
    header->size = SEGMENT_HEADER_SIZE;
    header->node_budget = options.contexts < nodes / 2 ? options.contexts : nodes / 2;
    add_section(header, SEGMENT_SECTION_MODULES, SEGMENT_MAX_MODULES,
                sizeof(struct segment_module));
    add_section(header, SEGMENT_SECTION_LANES, LANE_CAPACITY, sizeof(struct segment_lane));
    add_section(header, SEGMENT_SECTION_LABELS, SEGMENT_MAX_LABELS, sizeof(struct segment_label));
    add_section(header, SEGMENT_SECTION_BLOCKS, nodes / SEGMENT_BLOCK_NODES,
                sizeof(struct segment_block));
    add_section(header, SEGMENT_SECTION_NODES, nodes, sizeof(struct segment_node));
    add_columns(header, has_cpu_time);
    add_section(header, SEGMENT_SECTION_HEAP, try->heap, 1);
    return true;
}
