/* SPDX-License-Identifier: MIT */
/*
 * Puts what a profile's tags say of threads into its stacks, as an outermost frame, so that every
 * analysis tells threads apart. Called by the report.
 */
#ifndef CINSTR_READER_THREAD_FRAMES_H
#define CINSTR_READER_THREAD_FRAMES_H

#include "profile.h"

/* Each sample with a tag "thread" or "tid" gets an outermost frame "[thread NAME TID]". No sample
 * may be added afterwards. 0; or -1 with `error` filled, as when no sample has such a tag. */
int thread_frames_add(struct profile *profile, struct error *error);

#endif
