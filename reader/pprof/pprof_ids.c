/* SPDX-License-Identifier: MIT */
/*
 * Ids of a pprof file (see pprof_ids.h). Called by pprof_parse.c once a frame of every stack, so
 * the usual case is one array access.
 */
#include "pprof_ids.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "reader/profile/profile.h"

struct pprof_id {
    UT_hash_handle hh;
    uint64_t id;
    uint32_t index;
};

static unsigned hash_id(const struct pprof_ids *ids, uint64_t id) {
    uint64_t hash = (id ^ id >> 32) * (ids->seed | 1);
    return (unsigned)(hash >> 32);
}

bool pprof_ids_begin(struct pprof_ids *ids, uint32_t count, uint64_t seed,
                     struct profile_arena *arena) {
    *ids = (struct pprof_ids){.count = count, .seed = seed, .arena = arena};
    ids->dense = reallocarray(NULL, (size_t)count + 1, sizeof(*ids->dense));
    if (ids->dense == NULL)
        return false;
    memset(ids->dense, 0xff, ((size_t)count + 1) * sizeof(*ids->dense));
    return true;
}

void pprof_ids_end(struct pprof_ids *ids) {
    free(ids->dense);
    HASH_CLEAR(hh, ids->sparse);
}

uint32_t pprof_ids_find(const struct pprof_ids *ids, uint64_t id) {
    if (id <= ids->count)
        return ids->dense[id];
    struct pprof_id *found = NULL;
    HASH_FIND_BYHASHVALUE(hh, ids->sparse, &id, sizeof(id), hash_id(ids, id), found);
    return found == NULL ? PROFILE_NONE : found->index;
}

bool pprof_ids_add(struct pprof_ids *ids, uint64_t id, uint32_t index) {
    if (id <= ids->count) {
        ids->dense[id] = index;
        return true;
    }
    struct pprof_id *added = profile_arena_take(ids->arena, sizeof(*added));
    if (added == NULL)
        return false;
    added->id = id;
    added->index = index;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, ids->sparse, &added->id, sizeof(added->id), hash_id(ids, id),
                                added);
    return added->hh.tbl != NULL;
}
