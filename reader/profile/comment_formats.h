/* SPDX-License-Identifier: MIT */
/*
 * The comments of a profile that are also read back, in the form that printf() and scanf() take.
 */
#ifndef CINSTR_READER_COMMENT_FORMATS_H
#define CINSTR_READER_COMMENT_FORMATS_H

#include <inttypes.h>

/* "calls N = returns N + unwinds N + open N - carried N"
 */
#define BUILD_COMMENT_TOTALS                                                                       \
    "calls %" PRIu64 " = returns %" PRIu64 " + unwinds %" PRIu64 " + open %" PRIu64                \
    " - carried %" PRIu64
#define BUILD_COMMENT_TOTALS_SCAN                                                                  \
    "calls %" SCNu64 " = returns %" SCNu64 " + unwinds %" SCNu64 " + open %" SCNu64                \
    " - carried %" SCNu64

/* The measured time, the probes included; the probes' share of it; what is left, and the ends of
 * its 95 % interval: in seconds. Written by build_comment_time(). */
#define BUILD_COMMENT_TIME_SCAN                                                                    \
    "time: %lf s measured - %lf s of probes = %lf s, between %lf and %lf"

/* Of a run that was counted and sampled. */
#define BUILD_COMMENT_SAMPLED                                                                      \
    "times: CPU time of %.0f samples; no call was timed, waits are not known"
#define BUILD_COMMENT_SAMPLED_SCAN "times: CPU time of %lf samples"

/* How the comments of a sum of profiles begin (comments_of_sum.h). */
#define BUILD_COMMENT_SUM "the sum of %" PRIu32 " profiles; durations are added up"

/* By how much the two sides of the totals may differ, and why. */
#define BUILD_COMMENT_APART      "up to %" PRIu64 " events apart: %s"
#define BUILD_COMMENT_APART_SCAN "up to %" SCNu64 " events apart: "
#define BUILD_COMMENT_TORN       "a thread's calls may count twice: it was ending when this was taken"

#endif
