/* SPDX-License-Identifier: MIT */
/* The values of an exact profile: which there are, and those of each context. Called by
 * build_profile.c alone. */
#ifndef CINSTR_READER_BUILD_VALUES_H
#define CINSTR_READER_BUILD_VALUES_H

#include "correction.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

enum { BUILD_VALUES = 11 }; /* at most */

struct build_values {
    const struct snapshot *snapshot;
    const struct correction *correction;
    const uint64_t *unwinds;
    const uint64_t *timed_calls;  /* NULL: every call is timed */
    const uint64_t *instructions; /* NULL: nothing counted them */
    bool has_cpu;
};

/* 0, or -1 when out of memory. */
int build_values_add_types(const struct build_values *from, struct profile *profile);

void build_values_read(const struct build_values *from, uint32_t index,
                       int64_t values[BUILD_VALUES]);

/* What the contexts have too much, in sum; the other values stay as they are. */
void build_values_unplaced(const struct build_values *from, int64_t values[BUILD_VALUES]);

#endif
