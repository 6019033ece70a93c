/* SPDX-License-Identifier: MIT */
/*
 * Profiles whose truth is known, for the tests of reader/analysis/compare.c: samples are drawn from
 * the exact shares, or from others, by a generator with fixed seeds.
 */
#ifndef CINSTR_TESTS_COMPARE_BUILD_H
#define CINSTR_TESTS_COMPARE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/compare.h"

enum { FUNCTIONS = 12 };

/* In thousandths; the times in the exact profile are a million times as large. */
static const unsigned shares[FUNCTIONS] = {200, 200, 150, 120, 100, 80, 50, 40, 30, 20, 8, 2};

static const struct compare_options options = {.against = COMPARE_CORRECTED, .level = 0.05};

static uint64_t generator;

static double draw(void) {
    generator = generator * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (double)(generator >> 11) * 0x1p-53;
}

static uint32_t add_function(struct profile *profile, const char *name, const char *file) {
    const uint32_t function = profile_add_function(
        profile, &(struct profile_function){.name = name, .system_name = name, .file = file});
    struct profile_line line = {.function = function, .line = 1};
    return profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                    .address = function + 1,
                                                                    .line_count = 1,
                                                                    .lines = &line});
}

/* Innermost first, up to a NULL. */
static void add_stack(struct profile *profile, const char *const *names, const int64_t *values) {
    uint32_t locations[4], depth = 0;
    for (; names[depth] != NULL; depth++)
        locations[depth] = add_function(profile, names[depth], "work.c");
    assert_int_not_equal(
        profile_add_sample(profile,
                           &(struct profile_sample){.locations = locations,
                                                    .depth = depth,
                                                    .values = (int64_t *)(uintptr_t)values}),
        PROFILE_NONE);
}

static void add(struct profile *profile, const char *name, const char *caller,
                const int64_t *values) {
    add_stack(profile, (const char *const[]){name, caller, NULL}, values);
}

static const char *name_of(unsigned function, char name[16]) {
    snprintf(name, 16, "work_%c", 'a' + (int)function);
    return name;
}

/* `overhead` is added to each function, in per cent of its time. */
static struct profile *make_exact(int64_t overhead) {
    struct profile *profile = profile_new();
    char name[16];
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    profile_add_comment(profile, "probes: a call costs 10.0 ns in the function and 10.0 ns in its "
                                 "caller, +- 2.0 ns; from 9 loops of them");
    for (unsigned i = 0; i < FUNCTIONS; i++)
        add(profile, name_of(i, name), NULL,
            (int64_t[]){7, shares[i] * 1000000, shares[i] * 10000 * overhead});
    return profile;
}

static struct profile *make_sampled(const unsigned *thousandths, unsigned count) {
    struct profile *profile = profile_new();
    int64_t hits[FUNCTIONS] = {0};
    char name[16];
    profile_add_value_type(profile, "samples", "count");
    for (unsigned i = 0; i < count; i++) {
        double at = draw() * 1000;
        unsigned function = 0;
        while (function < FUNCTIONS - 1 && at >= thousandths[function])
            at -= thousandths[function++];
        hits[function]++;
    }
    for (unsigned i = 0; i < FUNCTIONS; i++)
        add(profile, name_of(i, name), NULL, &hits[i]);
    return profile;
}

static struct compare *compare(const struct profile *exact, const struct profile *sampled,
                               const struct compare_options *how) {
    struct error error;
    struct compare *result = compare_new(exact, sampled, how, &error);
    if (result == NULL)
        fail_msg("%s", error.message);
    return result;
}

static const struct compare_row *row_of(const struct compare *result, const char *name) {
    for (uint32_t i = 0; i < result->row_count; i++) {
        if (strcmp(result->exact->functions[result->rows[i].function].name, name) == 0)
            return &result->rows[i];
    }
    fail_msg("no row %s", name);
    return NULL;
}

#endif
