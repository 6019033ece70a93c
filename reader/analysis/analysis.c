/* SPDX-License-Identifier: MIT */
/*
 * Sums by function, and the choice of a profile's value (see analysis.h). Edges and the call tree
 * are in analysis_edges.c and analysis_tree.c. Never changes the profile.
 */
#include "analysis.h"

#include <stdlib.h>
#include <string.h>

#include "analysis_frames.h"
#include "analysis_sums.h"

static void list_value_types(const struct profile *profile, char *text, size_t size) {
    text[0] = '\0';
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        if (i != 0)
            strncat(text, i + 1 < profile->value_type_count ? ", " : " or ",
                    size - strlen(text) - 1);
        strncat(text, profile->value_types[i].name, size - strlen(text) - 1);
    }
}

static int choose_value_types(struct analysis *analysis, const char *wanted, struct error *error) {
    const struct profile *profile = analysis->profile;
    const char *name = wanted == NULL ? profile->default_value_type : wanted;
    analysis->value_type = profile_find_value_type(profile, name);
    if (analysis->value_type == PROFILE_NONE && wanted != NULL) {
        char names[256];
        list_value_types(profile, names, sizeof(names));
        return error_set(error, "this profile has no value '%s'; choose %s", wanted, names);
    }
    if (profile->value_type_count == 0)
        return error_set(error, "the profile has no values");
    if (analysis->value_type == PROFILE_NONE)
        analysis->value_type = profile->value_type_count - 1;
    analysis->count_type = analysis_count_type(profile, analysis->value_type);
    analysis->errors = analysis_errors_of(profile, analysis->value_type);
    return 0;
}

static bool add_total(struct analysis *analysis, const struct profile_sample *sample) {
    struct analysis_sums all = {
        .values = analysis->totals, .types = analysis->profile->value_type_count, .count = 1};
    return analysis_sums_add(&all, 0, ANALYSIS_SELF, sample->values);
}

/* `stamp` marks the functions to which this sample has been added. */
static bool add_sample(struct analysis *analysis, const struct profile_sample *sample,
                       uint32_t stamp) {
    const struct analysis_frames *frames = analysis->frames;
    struct analysis_sums *sums = &analysis->function_sums;
    for (uint32_t i = 0; i < sample->depth; i++) {
        uint32_t location = sample->locations[i];
        uint32_t from = frames->first[location];
        for (uint32_t at = from; at < frames->first[location + 1]; at++) {
            uint32_t function = frames->function[at];
            if (i == 0 && at == from &&
                !analysis_sums_add(sums, function, ANALYSIS_SELF, sample->values))
                return false;
            if (frames->stamps[function] == stamp)
                continue;
            frames->stamps[function] = stamp;
            if (!analysis_sums_add(sums, function, ANALYSIS_TOTAL, sample->values))
                return false;
        }
    }
    return true;
}

static int sum_functions(struct analysis *analysis, struct error *error) {
    const struct profile *profile = analysis->profile;
    struct analysis_sums *sums = &analysis->function_sums;
    while (sums->count < analysis->frames->function_count) {
        if (!analysis_sums_grow(sums))
            return analysis_fail(error);
    }
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (!analysis_frames_match(analysis->frames, sample))
            continue;
        analysis->sample_count++;
        if (!add_total(analysis, sample) || !add_sample(analysis, sample, i + 1))
            return analysis_fail(error);
    }
    memset(analysis->frames->stamps, 0,
           analysis->frames->function_count * sizeof(*analysis->frames->stamps));
    return 0;
}

static int fill_analysis(struct analysis *analysis, const struct analysis_options *options,
                         struct error *error) {
    uint32_t types = analysis->profile->value_type_count;
    analysis->function_sums.types = analysis->edge_sums.types = analysis->node_sums.types = types;
    if (choose_value_types(analysis, options->value, error) != 0)
        return -1;
    analysis->has_focus = options->focus != NULL || options->is_part;
    analysis->totals = calloc((size_t)types, sizeof(*analysis->totals));
    if (analysis->totals == NULL)
        return analysis_fail(error);
    analysis->frames = analysis_frames_new(analysis->profile, options->focus, error);
    if (analysis->frames == NULL)
        return -1;
    analysis->functions = analysis->frames->functions;
    return sum_functions(analysis, error);
}

struct analysis *analysis_new(const struct profile *profile, const struct analysis_options *options,
                              struct error *error) {
    struct analysis *analysis = calloc(1, sizeof(*analysis));
    if (analysis == NULL) {
        analysis_fail(error);
        return NULL;
    }
    analysis->profile = profile;
    if (fill_analysis(analysis, options, error) != 0) {
        analysis_free(analysis);
        return NULL;
    }
    return analysis;
}

void analysis_free(struct analysis *analysis) {
    if (analysis == NULL)
        return;
    free(analysis->totals);
    free(analysis->edges);
    free(analysis->nodes);
    free(analysis->function_spreads);
    free(analysis->edge_spreads);
    free(analysis->function_sums.values);
    free(analysis->edge_sums.values);
    free(analysis->node_sums.values);
    analysis_frames_free(analysis->frames);
    free(analysis);
}
