/* SPDX-License-Identifier: MIT */
/*
 * What happened between two snapshots of a process. Called by the dump command and the server.
 *
 * What was measured is subtracted, context by context, and then corrected once: a difference of
 * corrected times would hold what the correction did to each. Contexts are matched as the recorder
 * keeps them: a thread's are its own while it runs, and those of ended threads afterwards.
 */
#ifndef CINSTR_READER_DIFFERENCE_H
#define CINSTR_READER_DIFFERENCE_H

#include "build_profile.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

struct difference;

/* From `before` on. It and `options` are used until the end. NULL with `error` filled, also when
 * they ask for what is not recorded. */
struct difference *difference_begin(const struct snapshot *before,
                                    const struct build_options *options, struct error *error);

/* Up to `after`, which is changed: what is left in it is what happened since. Counts are exact and
 * times at least 0; there is none in a context that was neither called nor open in between. A reset
 * in between is where it begins. NULL with `error` filled. */
struct profile *difference_end(const struct difference *difference, struct snapshot *after,
                               struct error *error);
void difference_free(struct difference *difference);

#endif
