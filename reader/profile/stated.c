/* SPDX-License-Identifier: MIT */
/* See stated.h. */
#include "stated.h"

#include <stdio.h>
#include <string.h>

#include "comment_formats.h"
#include "reader/base/doubt.h"

int stated_add_warning(struct profile *profile, const char *text) {
    char line[640];
    snprintf(line, sizeof(line), STATED_WARNING "%s", text);
    return profile_add_comment(profile, line) == PROFILE_NONE ? -1 : 0;
}

const char *stated_warning(const char *comment) {
    const size_t length = strlen(STATED_WARNING);
    return strncmp(comment, STATED_WARNING, length) == 0 ? comment + length : NULL;
}

bool stated_time(const struct profile *profile, struct stated_time *time) {
    double measured, probes, left, least, most;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (sscanf(profile->comments[i], BUILD_COMMENT_TIME_SCAN, &measured, &probes, &left, &least,
                   &most) != 5 ||
            !(left > 0) || !(most >= left))
            continue;
        *time = (struct stated_time){.seconds = left, .error = (most - left) / DOUBT_95};
        return true;
    }
    return false;
}

double stated_time_samples(const struct profile *profile) {
    double samples;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (sscanf(profile->comments[i], BUILD_COMMENT_SAMPLED_SCAN, &samples) == 1)
            return samples;
    }
    return 0;
}
