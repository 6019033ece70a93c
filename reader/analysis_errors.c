/* SPDX-License-Identifier: MIT */
/* What is known of an analysis's times (see analysis.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "stated.h"

static bool is_time(const struct profile *profile, uint32_t value_type) {
    return strcmp(profile->value_types[value_type].unit, "nanoseconds") == 0;
}

static uint32_t find_error(const struct profile *profile, const char *name) {
    char error_name[64];

    /* What was taken out is off by what is left. */
    if (strcmp(name, "overhead") == 0)
        name = profile_find_value_type(profile, "cpu_error") != PROFILE_NONE ? "cpu" : "wall";
    snprintf(error_name, sizeof(error_name), "%s_error", name);
    return profile_find_value_type(profile, error_name);
}

struct analysis_error_types analysis_error_types(const struct profile *profile,
                                                 uint32_t value_type) {
    struct analysis_error_types types = {PROFILE_NONE, PROFILE_NONE, PROFILE_NONE};
    const uint32_t count = analysis_count_type(profile, value_type);

    if (!is_time(profile, value_type))
        return types;
    types.error = find_error(profile, profile->value_types[value_type].name);
    if (types.error != PROFILE_NONE)
        types.variance = profile_find_value_type(profile, "variance");
    else if (count != PROFILE_NONE && strcmp(profile->value_types[count].name, "samples") == 0)
        types.samples = count;
    return types;
}

bool analysis_has_errors(const struct analysis *analysis) {
    return analysis->errors.error != PROFILE_NONE || analysis->errors.samples != PROFILE_NONE;
}

static double error_of(const struct analysis *analysis, const int64_t *values) {
    const struct analysis_error_types *types = &analysis->errors;
    const double number = types->samples == PROFILE_NONE ? 0 : (double)values[types->samples];
    double error, variance;

    if (types->error == PROFILE_NONE)
        return number > 0 ? (double)values[analysis->value_type] / sqrt(number) : -1;
    error = (double)values[types->error];
    variance = types->variance == PROFILE_NONE ? 0 : (double)values[types->variance];
    return error > 0 || variance > 0 ? hypot(error, 1e3 * sqrt(variance)) : -1;
}

double analysis_error(const struct analysis *analysis, const struct analysis_sums *sums,
                      uint32_t row, bool is_total) {
    return error_of(analysis, sums->values + ((size_t)row * 2 + is_total) * sums->types);
}

double analysis_error_of_all(const struct analysis *analysis) {
    struct stated_time stated;

    if (analysis->errors.error != PROFILE_NONE && !analysis->has_focus &&
        stated_time(analysis->profile, &stated))
        return 1e9 * stated.error;
    return error_of(analysis, analysis->totals);
}
