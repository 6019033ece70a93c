/* SPDX-License-Identifier: MIT */
/*
 * Small profiles, and the differences of them, for the tests of reader/analysis/diff.c: each
 * includes this once.
 */
#ifndef CINSTR_TESTS_DIFF_PROFILES_H
#define CINSTR_TESTS_DIFF_PROFILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "reader/analysis/diff.h"

static uint32_t location_of(struct profile *profile, const char *name) {
    struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name, .file = "a.c"}),
        .line = 1};
    return profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                    .address = line.function + 1,
                                                                    .line_count = 1,
                                                                    .lines = &line});
}

/* A stack as "main parse scan", outermost first. */
static void add(struct profile *profile, const char *stack, int64_t count, int64_t value) {
    char text[256], *rest = text;
    uint32_t outer[32], locations[32], depth = 0;
    snprintf(text, sizeof(text), "%s", stack);
    for (const char *name; (name = strsep(&rest, " ")) != NULL; depth++)
        outer[depth] = location_of(profile, name);
    for (uint32_t i = 0; i < depth; i++)
        locations[i] = outer[depth - 1 - i];
    assert_int_not_equal(
        profile_add_sample(profile, &(struct profile_sample){.locations = locations,
                                                             .depth = depth,
                                                             .values = (int64_t[4]){count, value}}),
        PROFILE_NONE);
}

static struct profile *make(const char *count, const char *value, const char *unit) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, count, "count");
    profile_add_value_type(profile, value, unit);
    return profile;
}

/* The difference of two lists of profiles, which end in NULL and are freed. */
static struct diff *diff_of(const struct diff_options *options, struct profile **old,
                            struct profile **new) {
    struct error error;
    struct diff *diff = diff_new(options, &error);
    assert_non_null(diff);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        for (struct profile **at = side == DIFF_OLD ? old : new; *at != NULL; at++) {
            if (diff_add(diff, (enum diff_side)side, *at, &error) != 0)
                fail_msg("%s", error.message);
            profile_free(*at);
        }
    }
    if (diff_finish(diff, &error) != 0)
        fail_msg("%s", error.message);
    return diff;
}

static struct diff *diff_two(struct profile *old, struct profile *new) {
    return diff_of(&(struct diff_options){.value = old->value_types[1].name},
                   (struct profile *[]){old, NULL}, (struct profile *[]){new, NULL});
}

static const struct diff_row *row_of(const struct diff *diff, const char *caller,
                                     const char *name) {
    const struct diff_row *rows = caller == NULL ? diff->functions : diff->edges;
    const uint32_t count = caller == NULL ? diff->function_count : diff->edge_count;
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(names_function(diff->names, rows[i].function)->name, name) == 0 &&
            (caller == NULL ||
             (rows[i].caller != PROFILE_NONE &&
              strcmp(names_function(diff->names, rows[i].caller)->name, caller) == 0)))
            return &rows[i];
    }
    fail_msg("no row %s", name);
    return NULL;
}

static void assert_near(double found, double expected, double scale) {
    if (!(fabs(found - expected) <= 1e-9 * (scale + fabs(expected))))
        fail_msg("%.15g is not %.15g", found, expected);
}

#endif
