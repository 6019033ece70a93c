/* SPDX-License-Identifier: MIT */
/*
 * Elements of a profile as protobuf-c's messages, for packing. Used by pprof_write.c alone.
 */
#ifndef CINSTR_READER_PPROF_MESSAGE_H
#define CINSTR_READER_PPROF_MESSAGE_H

#include <stdint.h>

#include "pprof_strings.h"
#include "reader/base/arena.h"
#include "reader/profile/profile.h"

struct pprof_maker {
    const struct profile *profile;
    struct pprof_strings strings;
    struct profile_arena messages; /* strings of the part that is being written */
};

/* The element of that index as a message in the maker's arena; its id is index + 1. NULL when out
 * of memory. */
void *pprof_make_value_type(struct pprof_maker *maker, uint32_t index);
void *pprof_make_sample(struct pprof_maker *maker, uint32_t index);
void *pprof_make_mapping(struct pprof_maker *maker, uint32_t index);
void *pprof_make_location(struct pprof_maker *maker, uint32_t index);
void *pprof_make_function(struct pprof_maker *maker, uint32_t index);

#endif
