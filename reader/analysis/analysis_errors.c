/* SPDX-License-Identifier: MIT */
/* The errors of an analysis's times (see analysis.h). */
#include <math.h>
#include <string.h>

#include "analysis.h"
#include "reader/profile/profile_value.h"
#include "reader/profile/stated.h"

/* The error of the probes' time is that of the time left after they were subtracted. */
static struct profile_error columns_of(const struct profile *profile, uint32_t value_type) {
    if (strcmp(profile->value_types[value_type].name, "overhead") == 0) {
        const uint32_t cpu = profile_find_value_type(profile, "cpu");
        value_type = cpu != PROFILE_NONE ? cpu : profile_find_value_type(profile, "wall");
    }
    return value_type == PROFILE_NONE ? (struct profile_error){PROFILE_NONE, PROFILE_NONE}
                                      : profile_error_of(profile, value_type);
}

struct analysis_errors analysis_errors_of(const struct profile *profile, uint32_t value_type) {
    const uint32_t count = analysis_count_type(profile, value_type);
    struct analysis_errors errors = {columns_of(profile, value_type), PROFILE_NONE};
    if (count != PROFILE_NONE && strcmp(profile->value_types[count].name, "samples") == 0 &&
        strcmp(profile->value_types[value_type].unit, "nanoseconds") == 0)
        errors.samples = count;
    return errors;
}

bool analysis_is_shown(const struct profile *profile, uint32_t value_type) {
    const struct profile_value *value = profile_value_named(profile->value_types[value_type].name);
    return value == NULL || value->is_shown;
}

static bool is_known(const struct analysis_errors *errors) {
    return errors->columns.model != PROFILE_NONE || errors->samples != PROFILE_NONE;
}

bool analysis_has_errors(const struct analysis *analysis) {
    return is_known(&analysis->errors);
}

static double error_of(const struct analysis_errors *errors, const int64_t *values,
                       uint32_t value_type) {
    const uint32_t variance = errors->columns.variance;
    double samples;
    if (errors->columns.model != PROFILE_NONE)
        return profile_error(values[errors->columns.model],
                             variance == PROFILE_NONE ? 0 : values[variance]);
    if (errors->samples == PROFILE_NONE)
        return -1;
    samples = (double)values[errors->samples];
    return samples > 0 ? (double)values[value_type] / sqrt(samples) : -1;
}

double analysis_error(const struct analysis *analysis, const struct analysis_sums *sums,
                      uint32_t row, bool is_total) {
    return error_of(&analysis->errors, sums->values + ((size_t)row * 2 + is_total) * sums->types,
                    analysis->value_type);
}

/* What the rows have too much: "unplaced" once as a row and once in the others; and "excess". */
static double too_much(const struct analysis *analysis, uint32_t value_type) {
    const uint32_t excess = profile_find_value_type(analysis->profile, "excess");
    double sum = excess == PROFILE_NONE ? 0 : (double)analysis->totals[excess];
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, PROFILE_UNPLACED) == 0)
            sum += 2 * (double)analysis_self(&analysis->function_sums, i, value_type);
    }
    return sum;
}

struct analysis_sum analysis_sum(const struct analysis *analysis, uint32_t value_type) {
    const struct profile *profile = analysis->profile;
    const struct analysis_errors errors = analysis_errors_of(profile, value_type);
    struct analysis_sum sum = {.value = (double)analysis->totals[value_type],
                               .error = error_of(&errors, analysis->totals, value_type),
                               .plain_error = -1};
    struct stated_time stated;
    if (errors.columns.model == PROFILE_NONE || analysis->has_focus ||
        strcmp(profile->value_types[value_type].name, "overhead") == 0 ||
        !stated_time(profile, &stated))
        return sum;
    sum.value = fmax(0, sum.value - too_much(analysis, value_type));
    sum.plain_error = 1e9 * stated.error;
    return sum;
}
