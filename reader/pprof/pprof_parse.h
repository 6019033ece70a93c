/* SPDX-License-Identifier: MIT */
/*
 * Parses an inflated pprof file. Used by pprof_read.c alone; the parts of the parser share the
 * struct below.
 */
#ifndef CINSTR_READER_PPROF_PARSE_H
#define CINSTR_READER_PPROF_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "pprof_ids.h"
#include "reader/base/arena.h"
#include "reader/profile/profile.h"

struct pprof_parser {
    struct profile *profile;
    const char **strings; /* strings interned in the profile */
    uint32_t string_count;
    struct pprof_ids mappings, functions, locations;
    uint32_t *stack; /* locations of the sample being read */
    uint32_t stack_capacity;
    struct profile_arena ids;     /* memory of the three tables */
    struct profile_arena message; /* the message being read, unpacked */
    struct error *error;
};

/* Returns the profile, which takes at most `memory_limit` bytes; NULL with `error` filled. */
struct profile *pprof_parse(const uint8_t *data, size_t size, size_t memory_limit,
                            struct error *error);

/* Each adds one unpacked message to the profile. `message` is protobuf-c's. */
int pprof_add_value_type(struct pprof_parser *parser, const void *message);
int pprof_add_mapping(struct pprof_parser *parser, const void *message);
int pprof_add_function(struct pprof_parser *parser, const void *message);
int pprof_add_location(struct pprof_parser *parser, const void *message);
int pprof_add_sample(struct pprof_parser *parser, const void *message);

/* Takes over the fields that occur once, from a Profile that has nothing else. */
int pprof_add_header(struct pprof_parser *parser, const void *message);

#endif
