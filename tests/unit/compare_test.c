/* SPDX-License-Identifier: MIT */
/* Tests of reader/analysis/compare.c on profiles whose truth is known: samples that are drawn from
 * the exact shares, or from others, go through the whole comparison. */
#include "compare_build.h"

/* At the 5 % level 5 of 100 are expected to differ somewhere by chance; more than 11 would come
 * about once in 200 such tests. */
static void what_is_drawn_from_the_exact_shares_is_within_chance(void **state) {
    struct profile *exact = make_exact(0);
    unsigned differ = 0, unlikely = 0;
    (void)state;
    for (unsigned run = 0; run < 100; run++) {
        generator = run;
        struct profile *sampled = make_sampled(shares, 2000);
        struct compare *result = compare(exact, sampled, &options);
        differ += result->differ != 0;
        unlikely += result->chi_square_p < 0.05;
        assert_true(result->total_variation < 5 * result->by_chance);
        compare_free(result);
        profile_free(sampled);
    }
    assert_in_range(differ, 0, 11);
    assert_in_range(unlikely, 0, 11);
    profile_free(exact);
}

static void intervals_hold_the_exact_share_as_often_as_they_say(void **state) {
    struct profile *exact = make_exact(0);
    unsigned held = 0;
    (void)state;
    for (unsigned run = 0; run < 100; run++) {
        generator = 1000 + run;
        struct profile *sampled = make_sampled(shares, 500);
        struct compare *result = compare(exact, sampled, &options);
        for (uint32_t i = 0; i < result->row_count; i++)
            held += result->rows[i].low <= result->rows[i].exact_share &&
                    result->rows[i].exact_share <= result->rows[i].high;
        compare_free(result);
        profile_free(sampled);
    }
    assert_in_range(held, 1110, 1170); /* of 1,200: 92.5 to 97.5 % */
    profile_free(exact);
}

static void a_function_in_step_with_the_sampler_is_found(void **state) {
    const unsigned skewed[FUNCTIONS] = {200, 350, 0, 120, 100, 80, 50, 40, 30, 20, 8, 2};
    struct profile *exact = make_exact(0), *sampled;
    struct compare *result;
    (void)state;
    generator = 1;
    sampled = make_sampled(skewed, 2000);
    result = compare(exact, sampled, &options);
    assert_int_equal(row_of(result, "work_b")->verdict, COMPARE_MORE);
    assert_int_equal(row_of(result, "work_c")->verdict, COMPARE_LESS);
    assert_int_equal(row_of(result, "work_a")->verdict, COMPARE_WITHIN_CHANCE);
    assert_int_equal(result->differ, 2);
    assert_true(result->chi_square_p < 1e-6);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static void too_few_samples_find_nothing_and_miss_what_they_should(void **state) {
    struct profile *exact = make_exact(0), *sampled;
    struct compare *result;
    (void)state;
    generator = 3;
    sampled = make_sampled(shares, 20);
    result = compare(exact, sampled, &options);
    assert_int_equal(result->differ, 0);
    assert_int_equal(row_of(result, "work_l")->samples, 0);
    assert_true(result->never_found >= 1);
    assert_true(result->never_expected > 3 && result->never_expected < 6);
    assert_int_equal(result->never_calls, 7 * (int64_t)result->never_found);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static void samples_in_unknown_code_are_its_callers(void **state) {
    struct profile *exact = make_exact(0), *sampled = profile_new();
    struct compare *result;
    (void)state;
    profile_add_value_type(sampled, "samples", "count");
    add(sampled, "memcpy", "work_a", (int64_t[]){30});
    add(sampled, "work_a", NULL, (int64_t[]){10});
    add(sampled, "start_thread", NULL, (int64_t[]){5});
    result = compare(exact, sampled, &options);
    assert_true(row_of(result, "work_a")->samples == 40);
    assert_true(result->charged == 30 && result->unmatched == 5 && result->samples == 45);
    assert_true(row_of(result, "work_a")->sampled_share == 1);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

/* One build inlines "middle" into main, and only one of them has names for the callers of main. */
static void contexts_of_another_build_are_found_without_callers_that_it_lacks(void **state) {
    const struct compare_options by_context = {
        .against = COMPARE_CORRECTED, .by_context = true, .level = 0.05};
    struct profile *exact = make_exact(0), *sampled = profile_new();
    struct compare *result;
    (void)state;
    add_stack(exact, (const char *const[]){"leaf", "middle", "main", NULL},
              (int64_t[]){1, 1000000000, 0});
    add_stack(exact, (const char *const[]){"middle", "main", "[libc]", NULL},
              (int64_t[]){1, 500000000, 0});
    profile_add_value_type(sampled, "samples", "count");
    add_stack(sampled, (const char *const[]){"leaf", "main", NULL}, (int64_t[]){100});
    add_stack(sampled, (const char *const[]){"main", "start", NULL}, (int64_t[]){50});
    result = compare(exact, sampled, &by_context);
    assert_true(row_of(result, "leaf")->samples == 100 && row_of(result, "leaf")->time == 1e9);
    assert_int_equal(row_of(result, "leaf")->path_length, 2);
    assert_int_equal(row_of(result, "middle")->path_length, 2);
    assert_true(row_of(result, "middle")->samples == 0 && row_of(result, "main")->time == 0);
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static void the_probes_time_is_in_raw_times_alone(void **state) {
    struct profile *exact = make_exact(100), *sampled;
    const struct compare_options raw = {.against = COMPARE_RAW, .level = 0.05};
    struct compare *result;
    (void)state;
    generator = 5;
    sampled = make_sampled(shares, 1000);
    result = compare(exact, sampled, &raw);
    assert_true(result->is_raw && result->overhead_share == 0.5);
    assert_true(row_of(result, "work_a")->time == 400e6 && row_of(result, "work_a")->error == 0);
    assert_int_equal(row_of(result, "work_a")->grade, 'A');
    compare_free(result);
    result = compare(exact, sampled, &options);
    assert_true(row_of(result, "work_a")->time == 200e6 && row_of(result, "work_a")->error > 0);
    assert_int_equal(row_of(result, "work_a")->grade, 'B'); /* +- 10 % of as much as its time */
    compare_free(result);
    profile_free(sampled);
    profile_free(exact);
}

static void what_cannot_be_compared_is_said(void **state) {
    struct profile *exact = make_exact(0), *sampled;
    struct error error;
    (void)state;
    generator = 6;
    sampled = make_sampled(shares, 10);
    assert_null(compare_new(sampled, sampled, &options, &error));
    assert_non_null(strstr(error.message, "is not exact"));
    assert_null(compare_new(exact, exact, &options, &error));
    assert_non_null(strstr(error.message, "is not sampled"));
    profile_free(sampled);
    sampled = profile_new();
    profile_add_value_type(sampled, "samples", "count");
    add(sampled, "elsewhere", NULL, (int64_t[]){5});
    assert_null(compare_new(exact, sampled, &options, &error));
    assert_non_null(strstr(error.message, "none of the samples"));
    profile_free(sampled);
    profile_free(exact);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn_from_the_exact_shares_is_within_chance),
        cmocka_unit_test(intervals_hold_the_exact_share_as_often_as_they_say),
        cmocka_unit_test(a_function_in_step_with_the_sampler_is_found),
        cmocka_unit_test(too_few_samples_find_nothing_and_miss_what_they_should),
        cmocka_unit_test(samples_in_unknown_code_are_its_callers),
        cmocka_unit_test(contexts_of_another_build_are_found_without_callers_that_it_lacks),
        cmocka_unit_test(the_probes_time_is_in_raw_times_alone),
        cmocka_unit_test(what_cannot_be_compared_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
