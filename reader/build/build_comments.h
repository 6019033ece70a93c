/* SPDX-License-Identifier: MIT */
/*
 * What a profile says of itself in its comments: by which clock, at what cost, what was lost.
 * Called by build_profile.c; `pprof -comments` and `cinstr report` show them, `cinstr verify`
 * recomputes the line of totals.
 */
#ifndef CINSTR_READER_BUILD_COMMENTS_H
#define CINSTR_READER_BUILD_COMMENTS_H

#include "correction.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* Each as printf() and as scanf() want it. "calls N = returns N + unwinds N + open N - carried N"
 */
#define BUILD_COMMENT_TOTALS                                                                       \
    "calls %" PRIu64 " = returns %" PRIu64 " + unwinds %" PRIu64 " + open %" PRIu64                \
    " - carried %" PRIu64
#define BUILD_COMMENT_TOTALS_SCAN                                                                  \
    "calls %" SCNu64 " = returns %" SCNu64 " + unwinds %" SCNu64 " + open %" SCNu64                \
    " - carried %" SCNu64

/* What was measured, the probes included; what they should have taken; what is left, and the ends
 * of its 95 % interval: in seconds. */
#define BUILD_COMMENT_TIME                                                                         \
    "time: %.6f s measured - %.6f s of probes = %.6f s, between %.6f and %.6f (95 %%)"
#define BUILD_COMMENT_TIME_SCAN                                                                    \
    "time: %lf s measured - %lf s of probes = %lf s, between %lf and %lf"

/* How the comments of a sum of profiles begin (comments_of_sum.h). */
#define BUILD_COMMENT_SUM "the sum of %" PRIu32 " profiles; durations are added up"

/* Where the two sides of the totals differ: by how much they may, and why. */
#define BUILD_COMMENT_APART      "up to %" PRIu64 " events apart: %s"
#define BUILD_COMMENT_APART_SCAN "up to %" SCNu64 " events apart: "
#define BUILD_COMMENT_TORN       "a thread's calls may count twice: it was ending when this was taken"

/* Of a profile whose samples are there. `predicted`: by the list that the program was built with;
 * 0: none. 0, or -1 when out of memory. */
int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction, double predicted);

#endif
