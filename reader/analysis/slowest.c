/* SPDX-License-Identifier: MIT */
/* See slowest.h. */
#include "slowest.h"

#include <stdlib.h>
#include <string.h>

#include "analysis_frames.h"

static int compare(const void *left, const void *right) {
    const struct slowest_calls *a = left, *b = right;
    if (a->ns != b->ns)
        return a->ns > b->ns ? -1 : 1;
    return (a->sample > b->sample) - (a->sample < b->sample);
}

static bool is_shown(const struct analysis *analysis, const regex_t *show,
                     const struct profile_sample *sample) {
    const struct analysis_frames *frames = analysis->frames;
    if (show == NULL)
        return true;
    if (sample->depth == 0)
        return false;
    const uint32_t innermost = frames->first[sample->locations[0]];
    return innermost < frames->first[sample->locations[0] + 1] &&
           regexec(show, analysis->functions[frames->function[innermost]].name, 0, NULL, 0) == 0;
}

static bool is_same_context(const struct profile_sample *a, const struct profile_sample *b) {
    return a->depth == b->depth &&
           memcmp(a->locations, b->locations, a->depth * sizeof(*a->locations)) == 0;
}

static void mark_longest(const struct profile *profile, struct slowest_calls *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        rows[i].is_longest = true;
        for (size_t k = 0; k < i && rows[i].is_longest; k++)
            rows[i].is_longest = !is_same_context(&profile->samples[rows[i].sample],
                                                  &profile->samples[rows[k].sample]);
    }
}

int64_t slowest_find(const struct analysis *analysis, const regex_t *show,
                     struct slowest_calls *rows, uint32_t limit, struct error *error) {
    const struct profile *profile = analysis->profile;
    struct slowest_calls *all = reallocarray(NULL, (size_t)profile->sample_count + 1, sizeof(*all));
    size_t count = 0;
    bool has_durations = false;
    if (all == NULL)
        return error_set_errno(error, "cannot sort the calls");
    for (uint32_t i = 0; i < profile->sample_count && analysis->count_type != PROFILE_NONE; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        const int64_t ns = profile_sample_duration(sample);
        const int64_t calls = sample->values[analysis->count_type];
        has_durations = has_durations || ns > 0;
        if (ns > 0 && calls > 0 && analysis_frames_match(analysis->frames, sample) &&
            is_shown(analysis, show, sample))
            all[count++] = (struct slowest_calls){.sample = i, .ns = ns, .calls = calls};
    }
    if (count > 1)
        qsort(all, count, sizeof(*all), compare);
    count = count < limit ? count : limit;
    memcpy(rows, all, count * sizeof(*rows));
    mark_longest(profile, rows, count);
    free(all);
    return has_durations ? (int64_t)count : error_set(error, ANALYSIS_NO_DURATIONS);
}
