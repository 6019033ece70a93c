/* SPDX-License-Identifier: MIT */
/* What happened between two snapshots of a process. Called by cmd_dump.c and serve_endpoints.c. */
#ifndef CINSTR_CLI_DIFFERENCE_H
#define CINSTR_CLI_DIFFERENCE_H

#include "error.h"
#include "profile.h"

/* after - before, with comments that are true of it. NULL with `error` filled. */
struct profile *difference(const struct profile *after, const struct profile *before,
                           struct error *error);

#endif
