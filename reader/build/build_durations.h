/* SPDX-License-Identifier: MIT */
/*
 * histogram=1: the durations of a context's calls, in the profile. pprof has no histograms, but
 * samples of one stack may differ in a numeric tag, as those of its heap profiles differ in
 * `bytes`: here the calls of a context are divided by the tag `duration`. Sums do not change;
 * `pprof -tags` shows the distribution, of everything or of a -focus. Called by build_profile.c.
 */
#ifndef CINSTR_READER_BUILD_DURATIONS_H
#define CINSTR_READER_BUILD_DURATIONS_H

#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

struct build_durations;

/* NULL with `error` filled. Use it only with a snapshot that has histograms. */
struct build_durations *build_durations_new(const struct snapshot *snapshot, struct error *error);
void build_durations_free(struct build_durations *durations);

/* Adds a sample for each duration of a node's calls, and subtracts those calls from values[0] of
 * `sample`, whose tags need room for one more. Durations are as measured, probes included; the
 * shortest and the longest are exact, the others within 12.5 %. 0, or -1 with errno set. */
int build_durations_add(const struct build_durations *durations, struct profile *profile,
                        uint32_t node, struct profile_sample *sample);

#endif
