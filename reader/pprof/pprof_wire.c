/* SPDX-License-Identifier: MIT */
/*
 * Walks protobuf fields (see pprof_wire.h). Called by pprof_parse.c on untrusted bytes: never reads
 * past the end.
 */
#include "pprof_wire.h"

static int read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (*at == end)
            return -1;
        uint8_t byte = *(*at)++;
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = result;
            return 0;
        }
    }
    return -1;
}

int pprof_next_field(const uint8_t **at, const uint8_t *end, struct pprof_field *field) {
    if (*at == end)
        return 0;
    uint64_t tag, size = 0;
    field->start = *at;
    if (read_varint(at, end, &tag) != 0 || tag >> 3 == 0)
        return -1;
    field->number = tag >> 3;
    field->type = (enum pprof_wire_type)(tag & 7);
    switch (field->type) {
    case WIRE_VARINT:
        if (read_varint(at, end, &field->varint) != 0)
            return -1;
        break;
    case WIRE_64:
        size = 8;
        break;
    case WIRE_32:
        size = 4;
        break;
    case WIRE_BYTES:
        if (read_varint(at, end, &size) != 0)
            return -1;
        break;
    default:
        return -1;
    }
    if (size > (size_t)(end - *at))
        return -1;
    field->bytes = *at;
    field->size = (size_t)size;
    *at += size;
    field->end = *at;
    return 1;
}
