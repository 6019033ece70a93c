/* SPDX-License-Identifier: MIT */
/* Tests of reader/analysis/compare.c: a sampler is not blamed for errors of the exact side, and
 * only comparable things are compared. */
#include "compare_build.h"

/* The exact profile as above, with CPU times that are known to within `off` per cent (95 %). With
 * `has_unplaced`, as much time again is unplaced. */
static struct profile *make_doubtful(const unsigned *off, bool has_unplaced) {
    struct profile *profile = profile_new();
    char name[16];
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "cpu_error", "nanoseconds");
    for (unsigned i = 0; i < FUNCTIONS; i++)
        add(profile, name_of(i, name), NULL,
            (int64_t[]){7, 1000000000, shares[i] * 1000000, 1 + shares[i] * 10000 * off[i] / 2});
    if (has_unplaced)
        add(profile, PROFILE_UNPLACED, NULL, (int64_t[]){0, 0, 1000000000, 0});
    return profile;
}

/* work_b has nearly twice its samples, and work_c none. */
static struct compare *compare_skewed(struct profile *exact, struct profile **sampled) {
    const unsigned skewed[FUNCTIONS] = {200, 350, 0, 120, 100, 80, 50, 40, 30, 20, 8, 2};
    generator = 1;
    *sampled = make_sampled(skewed, 2000);
    return compare(exact, *sampled, &options);
}

static void a_sampler_is_not_blamed_within_the_exact_sides_error(void **state) {
    const unsigned off[FUNCTIONS] = {1, 90, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct profile *exact = make_doubtful(off, false), *sampled;
    struct compare *result = compare_skewed(exact, &sampled);
    (void)state;
    assert_int_equal(row_of(result, "work_b")->grade, 'C');
    assert_int_equal(row_of(result, "work_b")->verdict, COMPARE_WITHIN_ERROR);
    assert_true(row_of(result, "work_b")->chance_p < 1e-6);
    assert_int_equal(row_of(result, "work_c")->verdict, COMPARE_LESS);
    assert_true(result->differ == 1 && result->in_error == 1);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static void what_the_exact_side_does_not_know_is_not_judged(void **state) {
    const unsigned off[FUNCTIONS] = {1, 150, 120, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct profile *exact = make_doubtful(off, false), *sampled;
    struct compare *result = compare_skewed(exact, &sampled);
    (void)state;
    assert_int_equal(row_of(result, "work_b")->grade, '-');
    assert_int_equal(row_of(result, "work_b")->verdict, COMPARE_UNRESOLVED);
    assert_int_equal(row_of(result, "work_c")->verdict, COMPARE_UNRESOLVED);
    assert_int_equal(result->differ, 0);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

/* The rows together have too much time by that amount, and all of it may be in one row. */
static void unplaced_time_is_in_no_row_and_puts_no_blame_on_the_sampler(void **state) {
    const unsigned off[FUNCTIONS] = {0};
    struct profile *exact = make_doubtful(off, true), *sampled;
    struct compare *result = compare_skewed(exact, &sampled);
    (void)state;
    assert_int_equal(result->row_count, FUNCTIONS);
    assert_true(result->unplaced == 1e9);
    assert_int_equal(result->differ, 0);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

/* A function that was only counted has its time in its callers. */
static void a_function_that_was_never_timed_is_not_judged(void **state) {
    struct profile *exact = profile_new(), *sampled = profile_new();
    struct compare *result;
    (void)state;
    profile_add_value_type(exact, "calls", "count");
    profile_add_value_type(exact, "wall", "nanoseconds");
    profile_add_value_type(exact, "wall_error", "nanoseconds");
    add(exact, "timed", NULL, (int64_t[]){7, 1000000000, 1});
    add(exact, "counted", "timed", (int64_t[]){7, 0, 0});
    profile_add_value_type(sampled, "samples", "count");
    profile_add_value_type(sampled, "wall", "nanoseconds");
    add(sampled, "timed", NULL, (int64_t[]){100, 1});
    add(sampled, "counted", "timed", (int64_t[]){100, 1});
    add(sampled, "elsewhere", NULL, (int64_t[]){100, 1});
    result = compare(exact, sampled, &options);
    assert_int_equal(row_of(result, "counted")->verdict, COMPARE_UNRESOLVED);
    assert_int_equal(row_of(result, "timed")->grade, 'A');
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static struct profile *sampled_by(const char *clock) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, clock, "nanoseconds");
    add(profile, "work_a", NULL, (int64_t[]){5, 50});
    return profile;
}

static void samples_are_held_against_the_time_of_their_own_clock(void **state) {
    const unsigned off[FUNCTIONS] = {0};
    struct profile *both = make_doubtful(off, false), *cpu_only = make_exact(0);
    struct profile *by_cpu = sampled_by("cpu"), *by_wall = sampled_by("wall");
    struct compare *result = compare(both, by_cpu, &options);
    struct error error;
    (void)state;
    assert_string_equal(result->value_name, "cpu");
    compare_free(result);
    result = compare(both, by_wall, &options);
    assert_string_equal(result->value_name, "wall");
    compare_free(result);
    assert_null(compare_new(cpu_only, by_wall, &options, &error));
    assert_string_equal(error.message, "the samples are of wall time, which the exact profile does "
                                       "not have");
    profile_free(by_cpu);
    profile_free(by_wall);
    profile_free(both);
    profile_free(cpu_only);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sampler_is_not_blamed_within_the_exact_sides_error),
        cmocka_unit_test(what_the_exact_side_does_not_know_is_not_judged),
        cmocka_unit_test(unplaced_time_is_in_no_row_and_puts_no_blame_on_the_sampler),
        cmocka_unit_test(a_function_that_was_never_timed_is_not_judged),
        cmocka_unit_test(samples_are_held_against_the_time_of_their_own_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
