/* SPDX-License-Identifier: MIT */
/*
 * The frames of a profile that is built from a snapshot: turns function words and call sites into
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

/* Location of the innermost frame of a stack: where the function begins. These functions return
 * PROFILE_NONE when out of memory. */
uint32_t build_location_entry(struct build_locations *locations, uint64_t function);

/* The same for a function that `caller` calls. If the call was inlined into `caller`, the
 * location has a line for each inlined function, and one for the caller at the call. */
uint32_t build_location_called(struct build_locations *locations, uint64_t function,
                               uint64_t caller, bool *holds_caller);

/* Location of a calling frame: in `function`, at the call that returns to `call_site`. */
uint32_t build_location_call(struct build_locations *locations, uint64_t function,
                             uint64_t call_site);

/* Location of a caller that is not instrumented: "[libc.so.6]". `function` is the one called. */
uint32_t build_location_outside(struct build_locations *locations, uint64_t function,
                                uint64_t call_site);

/* Location of the address (a function word) at which a call of `function` was interrupted.
 * `is_own`: the address is in the function's own code; else in a function without hooks, or
 * before or after its hooks. "[cinstr]" is the recorder's code. */
uint32_t build_location_interrupted(struct build_locations *locations, uint64_t function,
                                    uint64_t address, bool *is_own);

/* Whether an address (a function word) at which a call of `function` was interrupted is in the
 * recorder's code. Adds no location. */
bool build_location_is_probe(struct build_locations *locations, uint64_t function,
                             uint64_t address);

/* "[truncated]" and the like. */
uint32_t build_location_pseudo(struct build_locations *locations, const char *name);

/* Adds comments that say why modules could not be symbolized. 0, or -1 when out of memory. */
int build_locations_complain(const struct build_locations *locations, struct profile *profile);

/* The run time predicted by the list of a module that had calls: symbols_prediction(). 0: none. */
double build_locations_prediction(const struct build_locations *locations);

static inline bool build_is_pseudo(uint64_t function) {
    return function >> SEGMENT_ADDRESS_BITS == 0;
}

#endif
