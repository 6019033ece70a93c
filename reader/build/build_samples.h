/* SPDX-License-Identifier: MIT */
/*
 * The sampled profile of a process recorded with sample=HZ: it has the contexts of the exact
 * profile, each with the addresses at which it was interrupted. Called by build_profile.c.
 */
#ifndef CINSTR_READER_BUILD_SAMPLES_H
#define CINSTR_READER_BUILD_SAMPLES_H

#include "build_locations.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* Sets its value types, period and comments. `kind`: "cpu" or "wall"; "samples" or NULL:
 * whichever it was. -1 with `error` filled, also when there are no samples of that kind. */
int build_samples_begin(struct profile *profile, const struct snapshot *snapshot, const char *kind,
                        struct error *error);

bool build_samples_is_kind(const char *kind);

/* Adds a sample. `function` is that of its context, 0 for none; `context` has the context's
 * stack and tags. -1 when out of memory. */
int build_samples_add(struct profile *profile, struct build_locations *locations,
                      const struct snapshot *snapshot, const struct snapshot_sample *sample,
                      uint64_t function, const struct profile_sample *context);

#endif
