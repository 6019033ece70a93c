/* SPDX-License-Identifier: MIT */
/* See difference.h. */
#include "difference.h"

#include <string.h>

/* What states the sums of a whole run is not true of a part of it. */
static void leave_out_sums(struct profile *profile) {
    static const char *const sums[] = {
        "calls ", "time: ", "untimed: ", "below resolution: ", "most of the time "};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        bool is_sum = false;
        for (size_t k = 0; k < sizeof(sums) / sizeof(sums[0]); k++)
            is_sum = is_sum || strncmp(profile->comments[i], sums[k], strlen(sums[k])) == 0;
        if (!is_sum)
            profile->comments[kept++] = profile->comments[i];
    }
    profile->comment_count = kept;
}

struct profile *difference(const struct profile *after, const struct profile *before,
                           struct error *error) {
    struct profile *result = profile_subtract(after, before, error);
    if (result == NULL)
        return NULL;
    leave_out_sums(result);
    if (profile_add_comment(result, "the difference of two snapshots; what is said of losses "
                                    "counts from the start") != PROFILE_NONE)
        return result;
    error_set_errno(error, "cannot describe the difference");
    profile_free(result);
    return NULL;
}
