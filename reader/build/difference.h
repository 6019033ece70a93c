/* SPDX-License-Identifier: MIT */
/*
 * What happened between two snapshots of a process. Called by the dump command and the server.
 *
 * The measured values are subtracted, context by context, and then corrected once: a difference of
 * corrected times would contain the corrections of both. Contexts are matched as the recorder keeps
 * them: a thread's own while it runs, and those of ended threads afterwards.
 */
#ifndef CINSTR_READER_DIFFERENCE_H
#define CINSTR_READER_DIFFERENCE_H

#include "build_profile.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

struct difference;

/* Begins with `before`, which together with `options` is used until the end. NULL with `error`
 * filled, also when the options ask for what is not recorded. */
struct difference *difference_begin(const struct snapshot *before,
                                    const struct build_options *options, struct error *error);

/* Ends with `after`, which is changed: it keeps only what happened since. Counts are exact and
 * times at least 0; a context that was neither called nor open in between has no time. If there
 * was a reset in between, the difference begins there. NULL with `error` filled. */
struct profile *difference_end(const struct difference *difference, struct snapshot *after,
                               struct error *error);
void difference_free(struct difference *difference);

#endif
