/* SPDX-License-Identifier: MIT */
/*
 * The frames of a profile that is being built from a snapshot: function words and call sites become
 * locations, each symbolized once. Called by build_*.c alone.
 */
#ifndef CINSTR_READER_BUILD_LOCATIONS_H
#define CINSTR_READER_BUILD_LOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

struct build_locations;

/* Adds the modules' mappings, the program's first. NULL with `error` filled. */
struct build_locations *build_locations_new(const struct snapshot *snapshot,
                                            struct profile *profile, struct error *error);
void build_locations_free(struct build_locations *locations);

/* Location of the innermost frame of a stack: where the function begins. All return PROFILE_NONE
 * when out of memory. */
uint32_t build_location_entry(struct build_locations *locations, uint64_t function);

/* The same of a function that `caller` calls. Where the call was inlined into it, the location has
 * a line for each function that was inlined there, and one for the caller at the call. */
uint32_t build_location_called(struct build_locations *locations, uint64_t function,
                               uint64_t caller, bool *holds_caller);

/* Location of a frame that called: of `function`, at the call that returns to `call_site`. */
uint32_t build_location_call(struct build_locations *locations, uint64_t function,
                             uint64_t call_site);

/* Location of a caller that is not instrumented: "[libc.so.6]". `function` is the one called. */
uint32_t build_location_outside(struct build_locations *locations, uint64_t function,
                                uint64_t call_site);

/* Location of the address (a function word, too) at which a call of `function` was interrupted.
 * is_own: its own code; else that of a function that is not instrumented, or not yet or no longer
 * in its hooks; "[cinstr]" is the recorder's. */
uint32_t build_location_interrupted(struct build_locations *locations, uint64_t function,
                                    uint64_t address, bool *is_own);

/* "[truncated]" and the like. */
uint32_t build_location_pseudo(struct build_locations *locations, const char *name);

/* Adds as comments what kept modules from being symbolized. 0, or -1 when out of memory. */
int build_locations_complain(const struct build_locations *locations, struct profile *profile);

/* What a list predicted of the run time of a module that had calls: symbols_prediction(). 0: none.
 */
double build_locations_prediction(const struct build_locations *locations);

static inline bool build_is_pseudo(uint64_t function) {
    return function >> SEGMENT_ADDRESS_BITS == 0;
}

#endif
