/* SPDX-License-Identifier: MIT */
/*
 * See verify_profile.h. A profile of cinstr states its sums in a comment
 * (reader/build/build_comments.h): calls begun are calls ended, in whichever way, and calls still
 * open, less those that were taken over open. Profiles of other writers state nothing that could be
 * checked.
 */
#include "verify_profile.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reader/build/build_comments.h"
#include "reader/profile/comment_formats.h"

struct check {
    const struct profile *profile;
    void (*report)(void *context, const char *line);
    void *context;
    struct verify_result result;
};

__attribute__((format(printf, 2, 3))) static void violation(struct check *check, const char *format,
                                                            ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    check->result.violations++;
    check->report(check->context, line);
}

/* Counts only grow, and a time below 0 is given as 0. Levels of memory may fall. */
static void check_signs(struct check *check) {
    const struct profile *profile = check->profile;
    for (uint32_t type = 0; type < profile->value_type_count; type++) {
        const struct profile_value_type *value = &profile->value_types[type];
        uint32_t negative = 0;
        for (uint32_t i = 0; i < profile->sample_count; i++)
            negative += profile->samples[i].values[type] < 0;
        if (negative != 0 && strncmp(value->name, "inuse_", 6) != 0)
            violation(check, "%" PRIu32 " samples have fewer than 0 %s", negative, value->name);
    }
}

static bool is_pseudo(const struct profile *profile, const struct profile_sample *sample,
                      const char *name) {
    if (sample->depth != 1)
        return false;
    const struct profile_location *location = &profile->locations[sample->locations[0]];
    return location->line_count == 1 &&
           strcmp(profile->functions[location->lines[0].function].name, name) == 0;
}

/* False: there is no such value, or its sum does not fit. */
static bool sum(struct check *check, const char *name, int64_t *total) {
    const struct profile *profile = check->profile;
    const uint32_t type = profile_find_value_type(profile, name);
    *total = 0;
    if (type == PROFILE_NONE)
        return false;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        /* Calls that were only counted are in no thread's sums. */
        if (is_pseudo(profile, sample, "[lost]"))
            continue;
        if (__builtin_add_overflow(*total, sample->values[type], total)) {
            violation(check, "the sum of %s is beyond 64 bits", name);
            return false;
        }
    }
    return true;
}

/* Calls begun, but neither ended nor open; the profile says how many there may be. */
static void check_identity(struct check *check, uint64_t calls, uint64_t apart) {
    const struct verify_result *result = &check->result;
    const uint64_t sides[] = {calls + result->carried,
                              result->returns + result->unwinds + result->open};
    const uint64_t difference = sides[0] > sides[1] ? sides[0] - sides[1] : sides[1] - sides[0];
    if (difference > apart)
        violation(check,
                  "%" PRIu64 " calls are not %" PRIu64 " returns + %" PRIu64 " unwinds + %" PRIu64
                  " open - %" PRIu64 " carried over",
                  calls, result->returns, result->unwinds, result->open, result->carried);
}

static void check_totals(struct check *check) {
    const struct profile *profile = check->profile;
    struct verify_result *result = &check->result;
    const char *name =
        profile_find_value_type(profile, "calls") != PROFILE_NONE ? "calls" : "edge_calls";
    uint64_t calls = 0, apart = 0;
    int64_t unwinds;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        const char *comment = profile->comments[i];
        if (sscanf(comment, BUILD_COMMENT_TOTALS_SCAN, &calls, &result->returns, &result->unwinds,
                   &result->open, &result->carried) == 5)
            result->has_totals = true;
        sscanf(comment, BUILD_COMMENT_APART_SCAN, &apart);
        if (strcmp(comment, BUILD_COMMENT_TORN) == 0)
            apart = UINT64_MAX;
    }
    if (!sum(check, name, &result->calls) || !result->has_totals)
        return;
    if ((uint64_t)result->calls != calls)
        violation(check, "its samples have %" PRId64 " calls, but it states %" PRIu64,
                  result->calls, calls);
    check_identity(check, calls, apart);
    if (sum(check, "unwinds", &unwinds) && (uint64_t)unwinds != result->unwinds)
        violation(check, "its samples have %" PRId64 " unwinds, but it states %" PRIu64, unwinds,
                  result->unwinds);
}

/* A context cannot be on a CPU for longer than it took; [unplaced] is not a context. */
static void check_contexts(struct check *check) {
    const struct profile *profile = check->profile;
    const uint32_t wall = profile_find_value_type(profile, "wall");
    const uint32_t cpu = profile_find_value_type(profile, "cpu");
    uint32_t wrong = 0;
    if (wall == PROFILE_NONE || cpu == PROFILE_NONE)
        return;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        wrong += sample->values[cpu] > sample->values[wall] &&
                 !is_pseudo(profile, sample, PROFILE_UNPLACED);
    }
    if (wrong != 0)
        violation(check, "%" PRIu32 " samples have more CPU time than wall time", wrong);
}

/* What is left in the contexts and what the probes took must be the measured time and the
 * unplaced time, but for the rounding of each value. */
static void check_measured(struct check *check) {
    const struct profile *profile = check->profile;
    const uint32_t columns[] = {profile_find_value_type(profile, "wall"),
                                profile_find_value_type(profile, "overhead")};
    double measured = -1, sum = 0, others[4];
    unsigned profiles = 1; /* profiles added up, each of which stated whole microseconds */
    sscanf(profile->comments[0], "cinstr %*s the sum of %u profiles", &profiles);
    for (uint32_t i = 0; i < profile->comment_count; i++)
        sscanf(profile->comments[i], BUILD_COMMENT_TIME_SCAN, &measured, &others[0], &others[1],
               &others[2], &others[3]);
    if (measured < 0 || columns[0] == PROFILE_NONE || columns[1] == PROFILE_NONE)
        return;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        const bool is_unplaced = is_pseudo(profile, sample, PROFILE_UNPLACED);
        for (int k = 0; k < 2; k++)
            sum += (double)sample->values[columns[k]] * (is_unplaced ? -1 : 1);
    }
    if (fabs(sum - 1e9 * measured) > (1000 + 2.0 * profile->sample_count) * profiles)
        violation(check, "its samples have %.6f s, probes included, but it states %.6f s",
                  sum / 1e9, measured);
}

static void check_times(struct check *check) {
    if (check->profile->duration_ns < 0)
        violation(check, "it lasted %" PRId64 " ns", check->profile->duration_ns);
    if (check->profile->time_ns < 0)
        violation(check, "it began before 1970");
    check_contexts(check);
    check_measured(check);
}

/* Whether cinstr wrote the profile: its first comment says so, or one after those on the sum of
 * several. */
static bool is_ours(const struct profile *profile) {
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (strncmp(profile->comments[i], "cinstr ", 7) == 0)
            return true;
    }
    return false;
}

struct verify_result verify_profile(const struct profile *profile,
                                    void (*report)(void *context, const char *line),
                                    void *context) {
    struct check check = {.profile = profile, .report = report, .context = context};
    check.result.is_ours = is_ours(profile);
    if (!check.result.is_ours)
        return check.result;
    check_totals(&check);
    check_signs(&check);
    check_times(&check);
    return check.result;
}
