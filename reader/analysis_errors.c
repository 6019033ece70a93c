/* SPDX-License-Identifier: MIT */
/* What is known of an analysis's times (see analysis.h). */
#include <math.h>
#include <string.h>

#include "analysis.h"
#include "stated.h"

/* Of what the probes took as much is known as of what they left. */
static struct profile_error errors_of(const struct profile *profile, uint32_t value_type) {
    if (strcmp(profile->value_types[value_type].name, "overhead") == 0) {
        const uint32_t cpu = profile_find_value_type(profile, "cpu");
        value_type = cpu != PROFILE_NONE ? cpu : profile_find_value_type(profile, "wall");
    }
    return value_type == PROFILE_NONE ? (struct profile_error){PROFILE_NONE, PROFILE_NONE}
                                      : profile_error_of(profile, value_type);
}

void analysis_find_errors(struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    const uint32_t count = analysis->count_type;

    analysis->errors = errors_of(profile, analysis->value_type);
    analysis->samples_type =
        count != PROFILE_NONE && strcmp(profile->value_types[count].name, "samples") == 0 &&
                strcmp(profile->value_types[analysis->value_type].unit, "nanoseconds") == 0
            ? count
            : PROFILE_NONE;
}

bool analysis_has_errors(const struct analysis *analysis) {
    return analysis->errors.model != PROFILE_NONE || analysis->samples_type != PROFILE_NONE;
}

static double error_of(const struct analysis *analysis, const int64_t *values) {
    const struct profile_error *types = &analysis->errors;
    double samples;

    if (types->model != PROFILE_NONE)
        return profile_error(values[types->model],
                             types->variance == PROFILE_NONE ? 0 : values[types->variance]);
    if (analysis->samples_type == PROFILE_NONE)
        return -1;
    samples = (double)values[analysis->samples_type];
    return samples > 0 ? (double)values[analysis->value_type] / sqrt(samples) : -1;
}

double analysis_error(const struct analysis *analysis, const struct analysis_sums *sums,
                      uint32_t row, bool is_total) {
    return error_of(analysis, sums->values + ((size_t)row * 2 + is_total) * sums->types);
}

/* What the rows have too much: "unplaced" once as a row, once in the others; and "excess". */
static double too_much(const struct analysis *analysis) {
    const uint32_t excess = profile_find_value_type(analysis->profile, "excess");
    double sum = excess == PROFILE_NONE ? 0 : (double)analysis->totals[excess];

    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, PROFILE_UNPLACED) == 0)
            sum += 2 * (double)analysis_self(&analysis->function_sums, i, analysis->value_type);
    }
    return sum;
}

struct analysis_sum analysis_sum(const struct analysis *analysis) {
    const char *name = analysis->profile->value_types[analysis->value_type].name;
    struct analysis_sum sum = {.value = (double)analysis->totals[analysis->value_type],
                               .error = error_of(analysis, analysis->totals)};
    struct stated_time stated;

    if (analysis->errors.model == PROFILE_NONE || analysis->has_focus ||
        !stated_time(analysis->profile, &stated))
        return sum;
    sum.error = 1e9 * stated.error;
    if (strcmp(name, "overhead") != 0)
        sum.value = fmax(0, sum.value - too_much(analysis));
    return sum;
}
