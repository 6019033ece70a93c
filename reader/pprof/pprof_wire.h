/* SPDX-License-Identifier: MIT */
/*
 * The outermost layer of a pprof file: a sequence of protobuf fields. The parser walks it itself,
 * several times, because strings come last but are needed first, and because protobuf-c would
 * unpack a file of a million samples all at once. Used by pprof_parse.c.
 */
#ifndef CINSTR_READER_PPROF_WIRE_H
#define CINSTR_READER_PPROF_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum pprof_wire_type { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct pprof_field {
    uint64_t number;
    enum pprof_wire_type type;
    uint64_t varint;      /* of a WIRE_VARINT */
    const uint8_t *bytes; /* of a WIRE_BYTES */
    size_t size;
    const uint8_t *start, *end; /* the field as it is in the file, with its tag */
};

/* Reads the field at *at. 1: there is one, and *at is behind it; 0: the end; -1: malformed. */
int pprof_next_field(const uint8_t **at, const uint8_t *end, struct pprof_field *field);

#endif
