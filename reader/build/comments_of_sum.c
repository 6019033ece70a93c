/* SPDX-License-Identifier: MIT */
/* See comments_of_sum.h. */
#include "comments_of_sum.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "build_comments.h"
#include "reader/profile/comment_formats.h"
#include "reader/profile/stated.h"

static void add_calls(struct comments_of_sum *sum, const char *comment) {
    uint64_t values[5], apart;
    uint64_t *const sums[] = {&sum->calls, &sum->returns, &sum->unwinds, &sum->open, &sum->carried};
    if (sscanf(comment, BUILD_COMMENT_APART_SCAN, &apart) == 1)
        sum->apart += apart;
    if (sscanf(comment, BUILD_COMMENT_TOTALS_SCAN, &values[0], &values[1], &values[2], &values[3],
               &values[4]) != 5)
        return;
    for (int i = 0; i < 5; i++)
        *sums[i] += values[i];
    sum->counted++;
}

static void add_times(struct comments_of_sum *sum, const char *comment) {
    double measured, probes, left, low, high;
    if (sscanf(comment, BUILD_COMMENT_TIME_SCAN, &measured, &probes, &left, &low, &high) != 5)
        return;
    sum->measured += measured;
    sum->probes += probes;
    sum->margin += high - left;
    sum->timed++;
}

void comments_of_sum_add(struct comments_of_sum *sum, const struct profile *profile) {
    sum->profiles++;
    sum->ours += profile->comment_count != 0 && strncmp(profile->comments[0], "cinstr ", 7) == 0;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        add_calls(sum, profile->comments[i]);
        add_times(sum, profile->comments[i]);
    }
    sum->samples += stated_time_samples(profile);
}

int comments_of_sum_say(const struct comments_of_sum *sum, struct profile *profile) {
    char line[256];
    int result = 0;
    snprintf(line, sizeof(line), "%s" BUILD_COMMENT_SUM,
             sum->ours == sum->profiles ? "cinstr " CINSTR_VERSION ": " : "", sum->profiles);
    if (profile_add_comment(profile, line) == PROFILE_NONE)
        result = -1;
    snprintf(line, sizeof(line), BUILD_COMMENT_TOTALS, sum->calls, sum->returns, sum->unwinds,
             sum->open, sum->carried);
    if (sum->counted == sum->profiles && profile_add_comment(profile, line) == PROFILE_NONE)
        result = -1;
    snprintf(line, sizeof(line), BUILD_COMMENT_APART, sum->apart, "some of them were taken alive");
    if (sum->apart != 0 && profile_add_comment(profile, line) == PROFILE_NONE)
        result = -1;
    build_comment_time(line, sizeof(line), sum->measured, sum->probes, sum->margin);
    if (sum->timed == sum->profiles && profile_add_comment(profile, line) == PROFILE_NONE)
        result = -1;
    snprintf(line, sizeof(line), BUILD_COMMENT_SAMPLED, sum->samples);
    if (sum->samples > 0 && profile_add_comment(profile, line) == PROFILE_NONE)
        result = -1;
    return result;
}
