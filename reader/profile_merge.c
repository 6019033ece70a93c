/* SPDX-License-Identifier: MIT */
/*
 * Adds up profiles of the same value types (see profile.h). Called by the command for several
 * inputs, and by the tests to number a profile as pprof does. Drops samples whose values are all
 * zero, as pprof does; never changes its inputs.
 */
#include "profile.h"
#include "profile_copy.h"

/* The whole's time and period: from the earliest start, durations added up, the longest period. */
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

static int merge_all(struct profile *merged, const struct profile *const *profiles, size_t count,
                     struct error *error) {
    if (profile_copy_header(merged, profiles[0], error) != 0)
        return -1;
    struct profile_copy copy = {.to = merged};
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        result = profile_check_same_types(profiles[0], profiles[i], error);
        if (result == 0)
            result = merge_header(merged, profiles[i], error);
        if (result == 0)
            result = add_samples(&copy, profiles[i], error);
    }
    profile_copy_end(&copy);
    return result;
}

struct profile *profile_merge(const struct profile *const *profiles, size_t count,
                              struct error *error) {
    if (count == 0) {
        error_set(error, "no profiles to merge");
        return NULL;
    }
    struct profile *merged = profile_new();
    if (merged == NULL) {
        error_set_errno(error, "cannot merge profiles");
        return NULL;
    }
    if (merge_all(merged, profiles, count, error) != 0) {
        profile_free(merged);
        return NULL;
    }
    return merged;
}
