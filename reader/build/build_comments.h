/* SPDX-License-Identifier: MIT */
/*
 * What a profile says of itself in its comments: the clock, the cost of the probes, what was lost.
 * Called by build_profile.c. `pprof -comments` and `cinstr report` show them; `cinstr verify`
 * recomputes the totals.
 */
#ifndef CINSTR_READER_BUILD_COMMENTS_H
#define CINSTR_READER_BUILD_COMMENTS_H

#include <stddef.h>

#include "correction.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* BUILD_COMMENT_TIME_SCAN reads this. The measured time, the probes included; the probes' share
 * of it; what is left, and the ends of its 95 % interval: in seconds. The measured time has
 * whole microseconds, the others two digits of the error. `error` is half the interval. */
void build_comment_time(char *line, size_t size, double measured, double probes, double error);

/* For a profile whose samples have been added. `predicted` is the run time predicted by the list
 * that the program was built with; 0: none. Returns 0, or -1 when out of memory. */
int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction, double predicted);

#endif
