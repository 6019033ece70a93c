/* SPDX-License-Identifier: MIT */
/*
 * What a profile says of itself in its comments: by which clock, at what cost, what was lost.
 * Called by build_profile.c; `pprof -comments` and `cinstr report` show them, `cinstr verify`
 * recomputes the line of totals.
 */
#ifndef CINSTR_READER_BUILD_COMMENTS_H
#define CINSTR_READER_BUILD_COMMENTS_H

#include <stddef.h>

#include "correction.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* BUILD_COMMENT_TIME_SCAN reads this. What was measured, the probes included; what they should have
 * taken; what is left, and the ends of its 95 % interval: in seconds. Measured is each microsecond;
 * of the rest two digits of the error are seen. `error` is half that interval. */
void build_comment_time(char *line, size_t size, double measured, double probes, double error);

/* Of a profile whose samples are there. `predicted`: by the list that the program was built with;
 * 0: none. 0, or -1 when out of memory. */
int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction, double predicted);

#endif
