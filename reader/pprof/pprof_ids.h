/* SPDX-License-Identifier: MIT */
/*
 * From the ids in a pprof file to indices in a profile. Ids are any numbers but 0; writers
 * use 1..n, so those are looked up in an array and the others in a hash. Used by pprof_parse.c.
 */
#ifndef CINSTR_READER_PPROF_IDS_H
#define CINSTR_READER_PPROF_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/arena.h"

struct pprof_ids {
    uint32_t *dense; /* by id, from 0 to count; PROFILE_NONE unknown */
    uint32_t count;
    struct pprof_id *sparse;
    uint64_t seed;               /* of the hash: ids from a file cannot be made to collide */
    struct profile_arena *arena; /* of the sparse ones */
};

/* Prepares for `count` elements. False when out of memory. */
bool pprof_ids_begin(struct pprof_ids *ids, uint32_t count, uint64_t seed,
                     struct profile_arena *arena);
void pprof_ids_end(struct pprof_ids *ids);

/* The index of an id, PROFILE_NONE where it is unknown. */
uint32_t pprof_ids_find(const struct pprof_ids *ids, uint64_t id);

/* Adds an id that is not there yet. False when out of memory. */
bool pprof_ids_add(struct pprof_ids *ids, uint64_t id, uint32_t index);

#endif
