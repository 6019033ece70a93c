/* SPDX-License-Identifier: MIT */
/*
 * See verify_profile.h. A profile of cinstr states its sums in a comment (reader/build_comments.h):
 * calls begun are those that ended, in whichever way, and those still open, less those that were
 * taken over open. Of other writers' profiles nothing is known that could be wrong.
 */
#include "verify_profile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "build_comments.h"

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

/* Counts only grow, and times of cinstr are taken as 0 where the probes cost more. Differences of
 * corrected times may be below 0. */
static void check_signs(struct check *check) {
    const struct profile *profile = check->profile;
    for (uint32_t type = 0; type < profile->value_type_count; type++) {
        const struct profile_value_type *value = &profile->value_types[type];
        uint32_t negative = 0;
        for (uint32_t i = 0; i < profile->sample_count; i++)
            negative += profile->samples[i].values[type] < 0;
        if (negative != 0 && (check->result.has_totals || profile_value_type_is_counter(value)))
            violation(check, "%" PRIu32 " samples have fewer than 0 %s", negative, value->name);
    }
}

/* Calls of which nothing but their number is known are in no thread's sums. */
static bool is_lost(const struct profile *profile, const struct profile_sample *sample) {
    if (sample->depth != 1)
        return false;
    const struct profile_location *location = &profile->locations[sample->locations[0]];
    return location->line_count == 1 &&
           strcmp(profile->functions[location->lines[0].function].name, "[lost]") == 0;
}

/* False: there is no such value, or its sum is no number. */
static bool sum(struct check *check, const char *name, int64_t *total) {
    const struct profile *profile = check->profile;
    const uint32_t type = profile_find_value_type(profile, name);
    *total = 0;
    if (type == PROFILE_NONE)
        return false;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (is_lost(profile, sample))
            continue;
        if (__builtin_add_overflow(*total, sample->values[type], total)) {
            violation(check, "the sum of %s is beyond 64 bits", name);
            return false;
        }
    }
    return true;
}

/* Calls begun, but not ended or open; more than the profile says may be. */
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
        if (sscanf(comment,
                   "calls %" SCNu64 " = returns %" SCNu64 " + unwinds %" SCNu64 " + open %" SCNu64
                   " - carried %" SCNu64,
                   &calls, &result->returns, &result->unwinds, &result->open,
                   &result->carried) == 5)
            result->has_totals = true;
        sscanf(comment, "up to %" SCNu64 " events apart: ", &apart);
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

static void check_times(struct check *check) {
    if (check->profile->duration_ns < 0)
        violation(check, "it lasted %" PRId64 " ns", check->profile->duration_ns);
    if (check->profile->time_ns < 0)
        violation(check, "it began before 1970");
}

/* Says so in its first comment, or in one behind what was said of the sum of several. */
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
