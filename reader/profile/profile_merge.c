/* SPDX-License-Identifier: MIT */
/*
 * Adds up profiles of the same value types (see profile.h). Called by the command for several
 * inputs, and by the tests to number a profile as pprof does. Drops samples whose values are all
 * zero, as pprof does; never changes its inputs.
 */
#include <stdlib.h>

#include "profile.h"
#include "profile_copy.h"

/* The time and period of the sum: the earliest start, the sum of durations, the longest period. */
static int merge_header(struct profile *merged, const struct profile *profile,
                        struct error *error) {
    if (profile->time_ns != 0 && (merged->time_ns == 0 || profile->time_ns < merged->time_ns))
        merged->time_ns = profile->time_ns;
    if (__builtin_add_overflow(merged->duration_ns, profile->duration_ns, &merged->duration_ns))
        return error_set(error, "the profiles' durations add up to too much");
    if (profile->period > merged->period)
        merged->period = profile->period;
    if (merged->default_value_type[0] == '\0')
        merged->default_value_type = profile_string(merged, profile->default_value_type);
    if (merged->doc_url[0] == '\0')
        merged->doc_url = profile_string(merged, profile->doc_url);
    if (merged->default_value_type == NULL || merged->doc_url == NULL)
        return error_set_errno(error, "cannot merge profiles");
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (profile_add_comment(merged, profile->comments[i]) == PROFILE_NONE)
            return error_set_errno(error, "cannot merge profiles");
    }
    return 0;
}

static int add_samples(struct profile_copy *copy, const struct profile *profile,
                       struct error *error) {
    if (profile_copy_from(copy, profile, error) != 0)
        return -1;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (!profile_sample_is_zero(profile, sample) &&
            profile_copy_sample(copy, sample, 1, error) != 0)
            return -1;
    }
    return 0;
}

struct profile_merge {
    struct profile *merged; /* NULL: none was added yet */
    struct profile_copy copy;
};

struct profile_merge *profile_merge_new(struct error *error) {
    struct profile_merge *merge = calloc(1, sizeof(*merge));
    if (merge == NULL)
        error_set_errno(error, "cannot merge profiles");
    return merge;
}

static int begin(struct profile_merge *merge, const struct profile *first, struct error *error) {
    merge->merged = profile_new();
    if (merge->merged == NULL)
        return error_set_errno(error, "cannot merge profiles");
    merge->copy.to = merge->merged;
    return profile_copy_header(merge->merged, first, error);
}

int profile_merge_add(struct profile_merge *merge, const struct profile *profile,
                      struct error *error) {
    if (merge->merged == NULL && begin(merge, profile, error) != 0)
        return -1;
    if (profile_check_same_types(merge->merged, profile, error) != 0 ||
        merge_header(merge->merged, profile, error) != 0)
        return -1;
    return add_samples(&merge->copy, profile, error);
}

struct profile *profile_merge_end(struct profile_merge *merge) {
    struct profile *merged = merge->merged;
    profile_copy_end(&merge->copy);
    free(merge);
    return merged;
}

struct profile *profile_merge(const struct profile *const *profiles, size_t count,
                              struct error *error) {
    struct profile_merge *merge;
    int result = 0;
    if (count == 0) {
        error_set(error, "no profiles to merge");
        return NULL;
    }
    merge = profile_merge_new(error);
    if (merge == NULL)
        return NULL;
    for (size_t i = 0; i < count && result == 0; i++)
        result = profile_merge_add(merge, profiles[i], error);
    struct profile *merged = profile_merge_end(merge);
    if (result == 0)
        return merged;
    profile_free(merged);
    return NULL;
}
