/* SPDX-License-Identifier: MIT */
/*
 * Checks the header of a segment: afterwards its offsets and counts can be used as they are. Called
 * by snapshot*.c and by whoever lists segments.
 */
#include <string.h>

#include "reader/base/utf8.h"
#include "snapshot_copy.h"

static const struct {
    const char *name;
    uint32_t element_size; /* size in this version; later minor versions may be larger */
} sections[SEGMENT_SECTION_COUNT] = {
    [SEGMENT_SECTION_MODULES] = {"modules", sizeof(struct segment_module)},
    [SEGMENT_SECTION_LANES] = {"lanes", sizeof(struct segment_lane)},
    [SEGMENT_SECTION_LABELS] = {"labels", sizeof(struct segment_label)},
    [SEGMENT_SECTION_BLOCKS] = {"blocks", sizeof(struct segment_block)},
    [SEGMENT_SECTION_NODES] = {"nodes", sizeof(struct segment_node)},
    [SEGMENT_SECTION_HEAP] = {"heap", 1},
};

#define LARGEST_ELEMENT  65536u
#define LARGEST_CAPACITY (UINT64_C(1) << 40)

static int check_identity(const struct snapshot_source *source, const struct segment_header *header,
                          struct error *error) {
    if (header->magic == 0)
        return error_set(error, "%s: its process is just starting, or ended while it did",
                         source->name);
    if (header->magic != SEGMENT_MAGIC)
        return error_set(error, "%s: not a segment of cinstr", source->name);
    if (header->version_major != SEGMENT_VERSION_MAJOR)
        return error_set(error, "%s: written by another version (%u.%u; this one reads %u)",
                         source->name, header->version_major, header->version_minor,
                         SEGMENT_VERSION_MAJOR);
    if (header->byte_order != SEGMENT_BYTE_ORDER)
        return error_set(error, "%s: of a machine with another byte order", source->name);
    return 0;
}

/* Whether `count` elements at `offset` lie within the file. */
static bool fits(uint64_t offset, uint64_t count, uint32_t element_size, uint64_t size) {
    return offset <= size && count <= (size - offset) / element_size;
}

static int check_sections(const struct snapshot_source *source, const struct segment_header *header,
                          struct error *error) {
    for (int i = 0; i < SEGMENT_SECTION_COUNT; i++) {
        const struct segment_section *section = &header->sections[i];
        if (section->element_size < sections[i].element_size ||
            section->element_size > LARGEST_ELEMENT || section->count > section->capacity ||
            section->capacity >= LARGEST_CAPACITY ||
            !fits(section->offset, section->count, section->element_size, source->size))
            return error_set(error, "%s: damaged: its %s lie outside", source->name,
                             sections[i].name);
    }
    const struct segment_section *nodes = &header->sections[SEGMENT_SECTION_NODES];
    if (nodes->element_size != sizeof(struct segment_node))
        return error_set(error, "%s: its nodes are not of this version", source->name);
    if (nodes->count > UINT32_MAX / sizeof(struct segment_node) ||
        nodes->count > header->sections[SEGMENT_SECTION_BLOCKS].count * SEGMENT_BLOCK_NODES)
        return error_set(error, "%s: damaged: more nodes than blocks hold", source->name);
    return 0;
}

static bool is_column(const struct segment_column *column) {
    if (column->combine == SEGMENT_COMBINE_HISTOGRAM)
        return column->element_size >= 4 && column->element_size <= LARGEST_ELEMENT &&
               column->element_size % 4 == 0;
    return column->element_size == 8;
}

static int check_columns(const struct snapshot_source *source, struct segment_header *header,
                         struct error *error) {
    const uint64_t nodes = header->sections[SEGMENT_SECTION_NODES].count;
    if (header->column_count > SEGMENT_MAX_COLUMNS)
        return error_set(error, "%s: damaged: %u columns", source->name, header->column_count);
    for (uint32_t i = 0; i < header->column_count; i++) {
        struct segment_column *column = &header->columns[i];
        column->name[sizeof(column->name) - 1] = '\0';
        column->unit[sizeof(column->unit) - 1] = '\0';
        if (!is_column(column) || !fits(column->offset, nodes, column->element_size, source->size))
            return error_set(error, "%s: damaged: column %u lies outside", source->name, i);
    }
    return 0;
}

int snapshot_read_header(const struct snapshot_source *source, struct segment_header *header,
                         struct error *error) {
    if (source->size < SEGMENT_HEADER_SIZE)
        return error_set(error, "%s: not a segment of cinstr: too short", source->name);
    if (snapshot_read(source, 0, header, sizeof(*header), error) != 0 ||
        check_identity(source, header, error) != 0 || check_sections(source, header, error) != 0 ||
        check_columns(source, header, error) != 0)
        return -1;
    header->program[sizeof(header->program) - 1] = '\0';
    utf8_clean(header->program);
    header->command_line[sizeof(header->command_line) - 1] = '\0';
    header->trace.path[sizeof(header->trace.path) - 1] = '\0';
    return 0;
}
