/* SPDX-License-Identifier: MIT */
/*
 * What happened between two profiles of one process (see profile.h). Called by the command for
 * deltas. Exact counters only grow; so a counter that shrank means that the two profiles do not
 * belong together, which is an error that names the stack.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "profile_copy.h"
#include "profile_value.h"

bool profile_value_type_is_counter(const struct profile_value_type *type) {
    const struct profile_value *value = profile_value_named(type->name);
    return strcmp(type->unit, "count") == 0 && !(value != NULL && value->is_gauge) &&
           strcmp(type->name, "goroutine") != 0;
}

static const char *location_name(const struct profile *profile, uint32_t index) {
    const struct profile_location *location = &profile->locations[index];
    if (location->line_count == 0)
        return "?";
    return profile->functions[location->lines[location->line_count - 1].function].name;
}

/* Prints "leaf < caller < its caller ...", as much of it as fits. */
static void print_stack(const struct profile *profile, const struct profile_sample *sample,
                        char *text, size_t size) {
    size_t length = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < sample->depth && length < size; i++) {
        int written = snprintf(text + length, size - length, "%s%s", i == 0 ? "" : " < ",
                               location_name(profile, sample->locations[i]));
        if (written < 0)
            return;
        length += (size_t)written;
    }
}

static int check_counters(const struct profile *difference, struct error *error) {
    for (uint32_t column = 0; column < difference->value_type_count; column++) {
        const struct profile_value_type *type = &difference->value_types[column];
        if (!profile_value_type_is_counter(type))
            continue;
        for (uint32_t i = 0; i < difference->sample_count; i++) {
            const struct profile_sample *sample = &difference->samples[i];
            if (sample->values[column] >= 0)
                continue;
            char stack[256];
            print_stack(difference, sample, stack, sizeof(stack));
            return error_set(error,
                             "the first profile is not an earlier one of the same run: %s fell by "
                             "%" PRIu64 " at %s",
                             type->name, -(uint64_t)sample->values[column], stack);
        }
    }
    return 0;
}

static int add_samples(struct profile_copy *copy, const struct profile *profile, int sign,
                       struct error *error) {
    if (profile_copy_from(copy, profile, error) != 0)
        return -1;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        if (profile_copy_sample(copy, &profile->samples[i], sign, error) != 0)
            return -1;
    }
    return 0;
}

/* after + (-before), including samples that became 0. */
static int fill_difference(struct profile *difference, const struct profile *after,
                           const struct profile *before, struct error *error) {
    if (profile_copy_header(difference, after, error) != 0)
        return -1;
    struct profile_copy copy = {.to = difference};
    int result = add_samples(&copy, after, 1, error);
    if (result == 0)
        result = add_samples(&copy, before, -1, error);
    profile_copy_end(&copy);
    if (result == 0)
        result = check_counters(difference, error);
    return result;
}

/* The difference covers the end of `after`, from where `before` stopped. */
static void subtract_time(struct profile *difference, const struct profile *after,
                          const struct profile *before) {
    difference->time_ns = after->time_ns;
    difference->duration_ns = after->duration_ns;
    int64_t start;
    if (before->duration_ns < 0 || before->duration_ns > after->duration_ns ||
        __builtin_add_overflow(after->time_ns, before->duration_ns, &start))
        return;
    difference->time_ns = start;
    difference->duration_ns -= before->duration_ns;
}

static struct profile *subtract(struct profile *difference, const struct profile *after,
                                const struct profile *before, struct error *error) {
    subtract_time(difference, after, before);
    for (uint32_t i = 0; i < after->comment_count; i++) {
        if (profile_add_comment(difference, after->comments[i]) == PROFILE_NONE) {
            error_set_errno(error, "cannot subtract profiles");
            return NULL;
        }
    }
    if (fill_difference(difference, after, before, error) != 0)
        return NULL;
    /* Merging a single profile drops its zero samples and what only they use. */
    const struct profile *only = difference;
    return profile_merge(&only, 1, error);
}

struct profile *profile_subtract(const struct profile *after, const struct profile *before,
                                 struct error *error) {
    if (profile_check_same_types(after, before, error) != 0)
        return NULL;
    struct profile *difference = profile_new();
    if (difference == NULL) {
        error_set_errno(error, "cannot subtract profiles");
        return NULL;
    }
    struct profile *result = subtract(difference, after, before, error);
    profile_free(difference);
    return result;
}
