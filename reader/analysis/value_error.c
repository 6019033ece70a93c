/* SPDX-License-Identifier: MIT */
/* See value_error.h. */
#include "value_error.h"

#include <math.h>
#include <string.h>

struct value_error value_error_of(const struct profile *profile, uint32_t value) {
    struct value_error error = {.value = value,
                                .samples = profile_find_value_type(profile, "samples"),
                                .calls = profile_find_value_type(profile, "calls"),
                                .times = profile_error_of(profile, value)};
    const bool is_time = strcmp(profile->value_types[value].unit, "nanoseconds") == 0;
    /* the mean number of bytes from one sampled allocation to the next */
    const bool is_share = strcmp(profile->period_type.unit, "bytes") == 0 && profile->period > 1;
    error.is_unknown = error.samples == PROFILE_NONE &&
                       (is_share || (is_time && error.times.model == PROFILE_NONE));
    return error;
}

static int64_t sum_of(const int64_t *sums, uint32_t type) {
    return type == PROFILE_NONE ? 0 : sums[type];
}

bool value_error_is(const struct profile *profile, uint32_t type) {
    for (uint32_t of = 0; of < profile->value_type_count; of++) {
        const struct profile_error error = profile_error_of(profile, of);
        if (error.model == type || error.variance == type)
            return true;
    }
    return false;
}

double value_error_sum(const struct value_error *error, const int64_t *sums) {
    const double value = (double)sums[error->value], samples = (double)sum_of(sums, error->samples);
    if (error->is_unknown)
        return NAN;
    if (error->samples != PROFILE_NONE)
        return samples > 0 ? value / sqrt(samples) : 0;
    if (error->times.model == PROFILE_NONE || (value == 0 && sum_of(sums, error->calls) == 0))
        return 0;
    const double known =
        profile_error(sums[error->times.model], sum_of(sums, error->times.variance));
    return known < 0 ? NAN : known;
}
