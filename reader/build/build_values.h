/* SPDX-License-Identifier: MIT */
/* The values of an exact profile (the rows of cinstr/values.def): which it has, and those of each
 * context. Called by build_profile.c alone. */
#ifndef CINSTR_READER_BUILD_VALUES_H
#define CINSTR_READER_BUILD_VALUES_H

#include "correction.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

enum { BUILD_VALUES = 32 }; /* at most */

struct build_values {
    const struct snapshot *snapshot;
    const struct correction *correction;
    bool has_cpu;
    /* Of those that there are: */
    uint32_t count;
    uint32_t rows[BUILD_VALUES];
    const uint64_t *columns[BUILD_VALUES]; /* NULL: it is made by the reader */
};

/* Finds out which there are. */
void build_values_init(struct build_values *values, const struct snapshot *snapshot,
                       const struct correction *correction, bool has_cpu);

/* 0, or -1 when out of memory. */
int build_values_add_types(const struct build_values *from, struct profile *profile);

void build_values_read(const struct build_values *from, uint32_t index,
                       int64_t values[BUILD_VALUES]);

/* Sets the times that contexts have too much, in sum; the other values stay. */
void build_values_unplaced(const struct build_values *from, int64_t values[BUILD_VALUES]);

#endif
