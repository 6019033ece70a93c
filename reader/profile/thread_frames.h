/* SPDX-License-Identifier: MIT */
/*
 * Adds the thread that a profile's tags name as the outermost frame of each stack, so that every
 * analysis tells threads apart; or picks some of them. Called by the report.
 */
#ifndef CINSTR_READER_THREAD_FRAMES_H
#define CINSTR_READER_THREAD_FRAMES_H

#include "profile.h"

/* Gives each sample with a tag "thread" or "tid" an outermost frame "[thread NAME TID]". No
 * sample may be added afterwards. 0; or -1 with `error` filled, also when no sample has such a
 * tag. */
int thread_frames_add(struct profile *profile, struct error *error);

/* Leaves the samples of some threads alone in the profile: `wanted` is their name, a pattern as of
 * a shell that it matches, or the number of one. No sample may be added afterwards. 0; or -1 with
 * `error` filled, also when there are none. */
int thread_select(struct profile *profile, const char *wanted, struct error *error);

#endif
