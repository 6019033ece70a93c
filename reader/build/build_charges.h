/* SPDX-License-Identifier: MIT */
/*
 * Profiles of what was charged to contexts: allocations and waits. Called by build_profile.c alone.
 */
#ifndef CINSTR_READER_BUILD_CHARGES_H
#define CINSTR_READER_BUILD_CHARGES_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

enum { BUILD_CHARGES_VALUES = 4 };

struct build_charges {
    const struct build_charges_kind *kind;
    const uint64_t *columns[BUILD_CHARGES_VALUES];
};

bool build_charges_is_kind(const char *kind);

/* Sets the profile's value types, period and comments. -1 with `error` filled, also when that
 * kind was not recorded. */
int build_charges_begin(struct build_charges *charges, struct profile *profile,
                        const struct snapshot *snapshot, const char *kind, struct error *error);

/* Reads the values charged to a node. False: nothing was charged there. */
bool build_charges_read(const struct build_charges *charges, uint32_t node,
                        int64_t values[BUILD_CHARGES_VALUES]);

/* Whether the innermost frame, the library's own function, is kept: it tells which kind of lock
 * was waited for. For an allocation only the caller matters. */
bool build_charges_has_leaf(const struct build_charges *charges);

#endif
