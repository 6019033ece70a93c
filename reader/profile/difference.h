/* SPDX-License-Identifier: MIT */
/* What happened between two snapshots of a process. Called by the dump
 * command and the server. */
#ifndef CINSTR_READER_DIFFERENCE_H
#define CINSTR_READER_DIFFERENCE_H

#include "profile.h"
#include "reader/base/error.h"

/* after - before, with comments that are true of it. NULL with `error` filled. */
struct profile *difference(const struct profile *after, const struct profile *before,
                           struct error *error);

#endif
