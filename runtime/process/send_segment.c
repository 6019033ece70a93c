/* SPDX-License-Identifier: MIT */
/*
 * Sends a segment that is in memory, all of it or the part for which its file had no room. Other
 * threads may keep recording. The header is sent last, so that the reader sees if a thread was
 * merged into lane 0 while nodes were being sent.
 */
#include "send_segment.h"

#include <cinstr/segment.h>
#include <cinstr/writer.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/write_all.h"
#include "runtime/segment/segment_parts.h"

static bool send_part(int fd, uint64_t offset, const void *data, uint64_t size) {
    const struct writer_part part = {offset, size, segment.header->size};
    return size == 0 || (write_all(fd, &part, sizeof(part)) && write_all(fd, data, size));
}

static bool send_used(int fd, uint64_t offset, uint64_t count, uint64_t element_size) {
    return send_part(fd, offset, segment.base + offset, count * element_size);
}

static bool send_contents(int fd, const struct segment_header *header) {
    const uint64_t nodes = header->sections[SEGMENT_SECTION_NODES].count;
    bool result = true;
    for (int i = 0; i < SEGMENT_SECTION_COUNT && result; i++)
        result = send_used(fd, header->sections[i].offset, header->sections[i].count,
                           header->sections[i].element_size);
    for (uint32_t i = 0; i < header->column_count && result; i++)
        result = send_used(fd, header->columns[i].offset, nodes, header->columns[i].element_size);
    return result;
}

void send_segment(int fd) {
    struct segment_header header;
    const uint64_t sequence = __atomic_load_n(&segment.header->merge_sequence, __ATOMIC_SEQ_CST);
    memcpy(&header, segment.header, sizeof(header));
    if (!send_contents(fd, &header))
        return;
    if (__atomic_load_n(&segment.header->merge_sequence, __ATOMIC_SEQ_CST) != sequence)
        header.merge_sequence |= 1;
    send_part(fd, 0, &header, sizeof(header));
}
