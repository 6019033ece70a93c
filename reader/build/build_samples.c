/* SPDX-License-Identifier: MIT */
/* See build_samples.h. */
#include "build_samples.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t product(uint64_t periods, uint64_t period_ns) {
    uint64_t ns;
    return __builtin_mul_overflow(periods, period_ns, &ns) ? INT64_MAX : profile_limited(ns);
}

/* --- what is said of all ---------------------------------------------------------------------- */

static int add_comments(struct profile *profile, const struct snapshot *snapshot) {
    const struct segment_sampling *sampling = &snapshot->header.sampling;
    uint64_t count = 0, periods = 0;
    char line[256];
    for (uint32_t i = 0; i < snapshot->sample_count; i++) {
        count += snapshot->samples[i].count;
        periods += snapshot->samples[i].periods;
    }
    snprintf(line, sizeof(line),
             "cinstr %s: sampled by %s at random, %.6g ms apart on average; "
             "%" PRIu64 " samples for %" PRIu64 " periods",
             CINSTR_VERSION, sampling->is_wall != 0 ? "the wall clock" : "each thread's CPU clock",
             (double)sampling->period_ns / 1e6, count, periods);
    if (profile_add_comment(profile, line) == PROFILE_NONE)
        return -1;
    snprintf(line, sizeof(line),
             "%" PRIu64 " periods not sampled: the last of threads, in no context, or no memory",
             sampling->lost);
    if (sampling->lost != 0 && profile_add_comment(profile, line) == PROFILE_NONE)
        return -1;
    snprintf(line, sizeof(line), "%" PRIu64 " threads not sampled: they could have no timer",
             sampling->lost_threads);
    if (sampling->lost_threads != 0 && profile_add_comment(profile, line) == PROFILE_NONE)
        return -1;
    snprintf(line, sizeof(line), "%" PRIu64 " stacks could not be followed to their end",
             sampling->broken);
    if (sampling->broken != 0 && profile_add_comment(profile, line) == PROFILE_NONE)
        return -1;
    return 0;
}

bool build_samples_is_kind(const char *kind) {
    return strcmp(kind, "cpu") == 0 || strcmp(kind, "wall") == 0 || strcmp(kind, "samples") == 0;
}

int build_samples_begin(struct profile *profile, const struct snapshot *snapshot, const char *kind,
                        struct error *error) {
    const struct segment_sampling *sampling = &snapshot->header.sampling;
    const char *clock = sampling->is_wall != 0 ? "wall" : "cpu";
    if (sampling->period_ns == 0)
        return error_set(error, "it was not sampled: run it with CINSTR_OPTIONS=sample=100");
    if (kind != NULL && strcmp(kind, "samples") != 0 && strcmp(kind, clock) != 0)
        return error_set(error, "it was sampled by another clock: ask for the kind %s", clock);
    profile->default_value_type = profile_string(profile, clock);
    if (profile_add_value_type(profile, "samples", "count") == PROFILE_NONE ||
        profile_add_value_type(profile, clock, "nanoseconds") == PROFILE_NONE ||
        profile->default_value_type == NULL || add_comments(profile, snapshot) != 0)
        return error_set(error, "out of memory");
    profile->period = profile_limited(sampling->period_ns);
    return 0;
}

/* --- one sample ------------------------------------------------------------------------------- */

int build_samples_add(struct profile *profile, struct build_locations *locations,
                      const struct snapshot *snapshot, const struct snapshot_sample *sample,
                      uint64_t function, const struct profile_sample *context) {
    int64_t values[] = {profile_limited(sample->count),
                        product(sample->periods, snapshot->header.sampling.period_ns)};
    struct profile_sample whole = *context;
    bool is_own;
    const uint32_t leaf = build_location_interrupted(locations, function, sample->address, &is_own);
    uint32_t *stack = reallocarray(NULL, (size_t)context->depth + 1, sizeof(*stack));
    const uint32_t skipped = is_own ? 1 : 0;
    uint32_t result = PROFILE_NONE;
    if (stack != NULL && leaf != PROFILE_NONE) {
        stack[0] = leaf;
        if (context->depth > skipped)
            memcpy(stack + 1, context->locations + skipped,
                   (context->depth - skipped) * sizeof(*stack));
        whole.locations = stack;
        whole.depth = context->depth - skipped + 1;
        whole.values = values;
        result = profile_add_sample(profile, &whole);
    }
    free(stack);
    return result == PROFILE_NONE ? -1 : 0;
}
