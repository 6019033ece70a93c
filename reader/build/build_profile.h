/* SPDX-License-Identifier: MIT */
/*
 * From a snapshot to a profile: merges lanes, counts open calls up to now, symbolizes functions and
 * call sites, and takes the probes' own cost out of the times.
 */
#ifndef CINSTR_READER_BUILD_PROFILE_H
#define CINSTR_READER_BUILD_PROFILE_H

#include <stdbool.h>

#include "build_times.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

struct build_options {
    const char *kind; /* "exact"; "edges"; "cpu", "wall" (sampled by that clock), "samples" (by
                         whichever); "heap", "allocs", "block", "mutex"; "threadcreate"; NULL: what
                         there is */
    bool by_thread;   /* keep threads apart, by the tags "thread" (name) and "tid" (number) */
    double baseline_seconds;         /* run time of a plain build: fixes the total; 0 unknown */
    const struct build_times *times; /* the measured times; NULL: all that the snapshot has */
};

/* Whether the options ask for a profile of calls: exact, or edges. */
bool build_profile_has_calls(const struct snapshot *snapshot, const struct build_options *options);

/* Returns NULL with `error` filled. */
struct profile *build_profile(const struct snapshot *snapshot, const struct build_options *options,
                              struct error *error);

#endif
