/* SPDX-License-Identifier: MIT */
/* See value_error.h. */
#include "value_error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define Z95 1.959963984540054

double value_error_of_probes(const struct profile *profile) {
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        double inner, outer, error;
        if (sscanf(
                profile->comments[i],
                "probes: a call costs %lf ns in the function and %lf ns in its caller, +- %lf ns",
                &inner, &outer, &error) == 3 &&
            inner + outer > 0)
            return error / Z95 / (inner + outer);
    }
    return 0;
}

struct value_error value_error_of(const struct profile *profile, uint32_t value) {
    const struct profile_value_type *type = &profile->value_types[value];
    struct value_error error = {.value = value,
                                .error = PROFILE_NONE,
                                .overhead = PROFILE_NONE,
                                .samples = profile_find_value_type(profile, "samples")};
    if (error.samples != PROFILE_NONE)
        return error;
    if (strcmp(type->name, "wall") == 0 || strcmp(type->name, "cpu") == 0) {
        char name[16];
        snprintf(name, sizeof(name), "%s_error", type->name);
        error.error = profile_find_value_type(profile, name);
        error.relative = value_error_of_probes(profile);
        if (error.relative > 0)
            error.overhead = profile_find_value_type(profile, "overhead");
        error.is_unknown = error.error == PROFILE_NONE && error.overhead == PROFILE_NONE;
    } else {
        /* One allocation in so many bytes; other clocks' times. */
        error.is_unknown =
            (strcmp(profile->period_type.unit, "bytes") == 0 && profile->period > 1) ||
            strcmp(type->unit, "nanoseconds") == 0;
    }
    return error;
}

double value_error_sum(const struct value_error *error, const int64_t *sums) {
    double of_samples = 0, of_probes = 0;
    if (error->is_unknown)
        return NAN;
    if (error->samples != PROFILE_NONE) {
        const double samples = (double)sums[error->samples];
        return samples > 0 ? (double)sums[error->value] / sqrt(samples) : 0;
    }
    if (error->error != PROFILE_NONE)
        of_samples = (double)sums[error->error];
    if (error->overhead != PROFILE_NONE)
        of_probes = error->relative * (double)sums[error->overhead];
    return hypot(of_samples, of_probes);
}
