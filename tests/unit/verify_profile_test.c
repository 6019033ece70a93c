/* SPDX-License-Identifier: MIT */
/* Tests of cli/verify/verify_profile.c: it detects a profile that does not add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/verify/verify_profile.h"

static char lines[1024];

static void keep_line(void *context, const char *line) {
    (void)context;
    snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "%s\n", line);
}

static uint32_t location(struct profile *profile, const char *name) {
    struct profile_line line = {
        .function = profile_add_function(profile, &(struct profile_function){.name = name})};
    return profile_add_location(
        profile,
        &(struct profile_location){.mapping = PROFILE_NONE, .line_count = 1, .lines = &line});
}

static void add(struct profile *profile, const char *name, int64_t calls, int64_t wall,
                int64_t unwinds) {
    uint32_t stack = location(profile, name);
    profile_add_sample(
        profile, &(struct profile_sample){
                     .depth = 1, .locations = &stack, .values = (int64_t[]){calls, wall, unwinds}});
}

/* A profile of 10 calls, with these statements about them. */
static struct profile *profile_stating(const char *totals, const char *more) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "unwinds", "count");
    profile_add_comment(profile, "cinstr 0.1.0: exact counts and times");
    if (totals != NULL)
        profile_add_comment(profile, totals);
    if (more != NULL)
        profile_add_comment(profile, more);
    add(profile, "f", 7, 100, 0);
    add(profile, "g", 3, 50, 1);
    return profile;
}

/* Takes the profile over. */
static struct verify_result verified(struct profile *profile) {
    lines[0] = '\0';
    const struct verify_result result = verify_profile(profile, keep_line, NULL);
    profile_free(profile);
    return result;
}

#define RIGHT "calls 10 = returns 8 + unwinds 1 + open 2 - carried 1"

static void a_profile_that_adds_up_is_fine(void **state) {
    (void)state;
    const struct verify_result result = verified(profile_stating(RIGHT, NULL));
    assert_int_equal(result.violations, 0);
    assert_true(result.is_ours && result.has_totals);
    assert_int_equal(result.calls, 10);
    assert_int_equal(result.open, 2);
}

static void a_missing_call_is_found(void **state) {
    (void)state;
    struct profile *profile = profile_stating(RIGHT, NULL);
    profile->samples[0].values[0]--;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines, "its samples have 9 calls, but it states 10\n");
}

static void sums_that_contradict_each_other_are_found(void **state) {
    (void)state;
    const char *wrong = "calls 10 = returns 9 + unwinds 1 + open 2 - carried 1";
    assert_int_equal(verified(profile_stating(wrong, NULL)).violations, 1);
    assert_string_equal(lines,
                        "10 calls are not 9 returns + 1 unwinds + 2 open - 1 carried over\n");
    const char *apart = "up to 1 events apart: it ran while this was taken";
    assert_int_equal(verified(profile_stating(wrong, apart)).violations, 0);
    const char *more = "calls 10 = returns 10 + unwinds 1 + open 2 - carried 1";
    assert_int_equal(verified(profile_stating(more, apart)).violations, 1);
}

static void unwinds_are_recounted(void **state) {
    (void)state;
    struct profile *profile = profile_stating(RIGHT, NULL);
    profile->samples[0].values[2] = 4;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines, "its samples have 5 unwinds, but it states 1\n");
}

static void lost_calls_are_in_no_sum(void **state) {
    (void)state;
    struct profile *profile = profile_stating(RIGHT, NULL);
    add(profile, "[lost]", 1000, 0, 0);
    assert_int_equal(verified(profile).violations, 0);
}

static void values_below_zero_are_found(void **state) {
    (void)state;
    struct profile *profile = profile_stating(RIGHT, NULL);
    profile->samples[1].values[1] = -1;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines, "1 samples have fewer than 0 wall\n");
}

static void in_a_difference_neither_times_nor_counts_are_below_zero(void **state) {
    (void)state;
    struct profile *profile = profile_stating(NULL, NULL);
    profile->samples[1].values[1] = -1;
    assert_int_equal(verified(profile).violations, 1);
    profile = profile_stating(NULL, NULL);
    profile->samples[1].values[0] = -1;
    assert_int_equal(verified(profile).violations, 1);
}

static void add_times(struct profile *profile, const char *name, int64_t wall, int64_t cpu,
                      int64_t overhead) {
    uint32_t stack = location(profile, name);
    profile_add_sample(
        profile, &(struct profile_sample){
                     .depth = 1, .locations = &stack, .values = (int64_t[]){wall, cpu, overhead}});
}

/* 150 us in two contexts, of which `unplaced` is too much. */
static struct profile *profile_of_times(const char *measured, int64_t unplaced) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    profile_add_comment(profile, "cinstr 0.1.0: exact counts and times");
    profile_add_comment(profile, measured);
    add_times(profile, "f", 60000, 50000, 40000);
    add_times(profile, "g", 40000, 40000, 10000);
    if (unplaced != 0)
        add_times(profile, "[unplaced]", unplaced, 2 * unplaced, 0);
    return profile;
}

#define MEASURED "time: 0.000150 s measured - 0.000050 s of probes = 0.000100 s"

static void times_that_add_up_are_fine(void **state) {
    (void)state;
    assert_int_equal(verified(profile_of_times(MEASURED, 0)).violations, 0);
    assert_int_equal(
        verified(profile_of_times("time: 0.000110 s measured - 0.0 s of probes", 40000)).violations,
        0);
}

static void more_cpu_time_than_wall_time_is_found(void **state) {
    (void)state;
    struct profile *profile = profile_of_times(MEASURED, 0);
    profile->samples[1].values[1]++;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines, "1 samples have more CPU time than wall time\n");
}

static void time_that_was_not_measured_is_found(void **state) {
    (void)state;
    struct profile *profile = profile_of_times(MEASURED, 0);
    profile->samples[1].values[0] += 5000;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines,
                        "its samples have 0.000155 s, probes included, but it states 0.000150 s\n");
    assert_int_equal(verified(profile_of_times(MEASURED, 40000)).violations, 1);
}

static void a_sum_beyond_64_bits_is_found(void **state) {
    (void)state;
    struct profile *profile = profile_stating(RIGHT, NULL);
    profile->samples[0].values[0] = INT64_MAX;
    assert_int_equal(verified(profile).violations, 1);
    assert_string_equal(lines, "the sum of calls is beyond 64 bits\n");
}

static void nothing_is_claimed_of_other_writers_profiles(void **state) {
    (void)state;
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "samples", "count");
    uint32_t stack = location(profile, "f");
    profile_add_sample(profile, &(struct profile_sample){
                                    .depth = 1, .locations = &stack, .values = (int64_t[]){-5}});
    const struct verify_result result = verified(profile);
    assert_int_equal(result.violations, 0);
    assert_false(result.is_ours);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_that_adds_up_is_fine),
        cmocka_unit_test(a_missing_call_is_found),
        cmocka_unit_test(sums_that_contradict_each_other_are_found),
        cmocka_unit_test(unwinds_are_recounted),
        cmocka_unit_test(lost_calls_are_in_no_sum),
        cmocka_unit_test(values_below_zero_are_found),
        cmocka_unit_test(in_a_difference_neither_times_nor_counts_are_below_zero),
        cmocka_unit_test(times_that_add_up_are_fine),
        cmocka_unit_test(more_cpu_time_than_wall_time_is_found),
        cmocka_unit_test(time_that_was_not_measured_is_found),
        cmocka_unit_test(a_sum_beyond_64_bits_is_found),
        cmocka_unit_test(nothing_is_claimed_of_other_writers_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
