/* SPDX-License-Identifier: MIT */
/*
 * Tests of reader/analysis/compare.c on profiles whose truth is known: samples are drawn from the
 * exact shares, or from others, by a generator with fixed seeds, and go through the whole
 * comparison.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/compare.h"

enum { FUNCTIONS = 12 };

/* In thousandths; the times in the exact profile are a million times that. */
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

/* At the 5 % level 5 of 100 are expected to differ somewhere by chance; more than 11 would come
 * about once in 200 such tests. */
static void what_is_drawn_from_the_exact_shares_agrees(void **state) {
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
    assert_int_equal(row_of(result, "work_a")->verdict, COMPARE_AGREES);
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

/* "middle" is inlined into main there; what main was called from has a name in one of them alone.
 */
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
    assert_int_equal(row_of(result, "work_a")->grade, 'C');
    compare_free(result);
    result = compare(exact, sampled, &options);
    assert_true(row_of(result, "work_a")->time == 200e6 && row_of(result, "work_a")->error > 0);
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
        cmocka_unit_test(what_is_drawn_from_the_exact_shares_agrees),
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
