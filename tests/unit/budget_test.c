/* SPDX-License-Identifier: MIT */
/* Tests of reader/analysis/budget.c: it leaves out the functions whose probes cost most for the
 * time that they measure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/budget.h"

/* This version of cmocka compares single precision only. */
static void assert_near(double actual, double expected) {
    assert_true(actual - expected < 1e-6 && expected - actual < 1e-6);
}

static void add(struct profile *profile, const char *name, int64_t calls, int64_t cpu,
                int64_t overhead) {
    struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name})};
    const struct profile_mapping mapping = {.start = 0x1000, .limit = 0x2000, .file = "program"};
    uint32_t stack = profile_add_location(
        profile, &(struct profile_location){.mapping = profile_add_mapping(profile, &mapping),
                                            .address = 0x1000 + profile->function_count,
                                            .line_count = 1,
                                            .lines = &line});
    profile_add_sample(
        profile, &(struct profile_sample){
                     .depth = 1, .locations = &stack, .values = (int64_t[]){calls, cpu, overhead}});
}

/* Probes take 10 ns a call, 100,000 ns in all; the program 50,000 ns. */
static struct profile *make_profile(void) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    add(profile, "leaf", 7000, 7000, 70000);
    add(profile, "middle", 2000, 10000, 20000);
    add(profile, "get_leaf_size", 990, 18000, 9900);
    add(profile, "main", 10, 15000, 100);
    return profile;
}

static enum budget_choice choice_of(const struct budget *budget, const char *name) {
    for (uint32_t i = 0; i < budget->count; i++) {
        if (strcmp(budget->functions[i].name, name) == 0)
            return budget->functions[i].choice;
    }
    fail_msg("no function %s", name);
    return BUDGET_TIME;
}

static struct budget *chosen(const struct profile *profile, const struct budget_options *options) {
    struct error error = {""};
    struct budget *budget = budget_new(profile, 0, &error);
    assert_non_null(budget);
    assert_int_equal(budget_choose(budget, options, &error), 0);
    return budget;
}

static void a_program_within_the_budget_is_left_as_it_is(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct budget *budget =
        chosen(profile, &(struct budget_options){.share = 2, .can_count = true});
    assert_near(budget_slowdown(budget), 3);
    assert_near(budget_predicted(budget), 3);
    assert_near(budget->lost_ns, 0);
    for (uint32_t i = 0; i < budget->count; i++)
        assert_int_equal(budget->functions[i].choice, BUDGET_TIME);
    budget_free(budget);
    profile_free(profile);
}

/* Counting the leaf saves 38,500 of 100,000: enough for a budget of 62,000. */
static void a_function_is_counted_before_it_is_skipped(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct budget *budget =
        chosen(profile, &(struct budget_options){.share = 1.24, .can_count = true});
    assert_int_equal(choice_of(budget, "leaf"), BUDGET_COUNT);
    assert_int_equal(choice_of(budget, "middle"), BUDGET_TIME);
    assert_near(budget->kept_ns, 58000);
    assert_near(budget->lost_ns, 7000);
    budget_free(budget);
    profile_free(profile);
}

static void what_cannot_be_counted_is_skipped(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct budget *budget = chosen(profile, &(struct budget_options){.share = 1.02});
    assert_int_equal(choice_of(budget, "leaf"), BUDGET_SKIP);
    assert_int_equal(choice_of(budget, "middle"), BUDGET_TIME);
    assert_near(budget_predicted(budget), 1.6);
    budget_free(budget);
    profile_free(profile);
}

/* 0.2 % is 100 ns: main's ten calls alone. */
static void a_small_budget_leaves_the_most_telling_function(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct budget *budget =
        chosen(profile, &(struct budget_options){.share = 0.002, .can_count = true});
    assert_int_equal(choice_of(budget, "main"), BUDGET_TIME);
    assert_int_equal(choice_of(budget, "leaf"), BUDGET_SKIP);
    assert_int_equal(choice_of(budget, "middle"), BUDGET_SKIP);
    assert_int_equal(choice_of(budget, "get_leaf_size"), BUDGET_SKIP);
    budget_free(budget);
    profile_free(profile);
}

/* Once the second step is taken, the first is not needed any more: it is taken back. */
static void steps_that_are_not_needed_are_taken_back(void **state) {
    (void)state;
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    add(profile, "small", 100, 10, 1000);
    add(profile, "large", 1000, 990, 10000);
    struct budget *budget = chosen(profile, &(struct budget_options){.share = 1});
    assert_int_equal(choice_of(budget, "small"), BUDGET_TIME);
    assert_int_equal(choice_of(budget, "large"), BUDGET_SKIP);
    assert_near(budget->kept_ns, 1000);
    budget_free(budget);
    profile_free(profile);
}

static bool by_part(const struct budget_function *skipped, const struct budget_function *other) {
    return strstr(other->name, skipped->name) != NULL;
}

/* Skipping leaf takes get_leaf_size with it: 79,900 for 25,000 ns is less than middle's 20,000 for
 * 10,000 no longer, but its other effects are counted. */
static void what_a_name_hits_besides_is_reckoned_in(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct budget *budget =
        chosen(profile, &(struct budget_options){.share = 0.5, .covers = by_part});
    assert_int_equal(choice_of(budget, "leaf"), BUDGET_SKIP);
    assert_int_equal(choice_of(budget, "get_leaf_size"), BUDGET_SKIP);
    assert_int_equal(choice_of(budget, "middle"), BUDGET_TIME);
    assert_near(budget->kept_ns, 20100);
    assert_near(budget->lost_ns, 25000);
    budget_free(budget);
    profile_free(profile);
}

static void frames_that_are_no_functions_are_never_chosen(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    struct profile_line line = {
        .function = profile_add_function(
            profile,
            &(struct profile_function){.name = "[truncated]", .system_name = "[truncated]"})};
    uint32_t stack = profile_add_location(
        profile,
        &(struct profile_location){.mapping = PROFILE_NONE, .line_count = 1, .lines = &line});
    profile_add_sample(
        profile,
        &(struct profile_sample){.depth = 1, .locations = &stack, .values = (int64_t[]){9, 1, 90}});
    struct budget *budget = chosen(profile, &(struct budget_options){.share = 1e-9});
    assert_int_equal(budget->count, 4);
    budget_free(budget);
    profile_free(profile);
}

static void a_profile_without_costs_is_an_error(void **state) {
    (void)state;
    struct error error = {""};
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    assert_null(budget_new(profile, 0, &error));
    assert_non_null(strstr(error.message, "what its probes took"));
    profile_free(profile);

    profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    assert_null(budget_new(profile, 0, &error));
    assert_non_null(strstr(error.message, "no time"));
    profile_free(profile);
}

static void a_plain_run_says_what_the_program_itself_takes(void **state) {
    (void)state;
    struct error error = {""};
    struct profile *profile = make_profile();
    profile_add_comment(profile, "time: 0.000150 s measured - 0.000100 s of probes = 0.000050 s, "
                                 "between 0.000020 and 0.000080 (95 %)");
    struct budget *budget = budget_new(profile, 0, &error);
    assert_near(budget->error, 0.6);
    budget_free(budget);

    budget = budget_new(profile, 75e-6, &error);
    assert_near(budget_slowdown(budget), 2);
    assert_near(budget->error, 0);
    assert_near(budget->functions[0].self_ns, 10500);
    assert_near(budget->functions[0].cost_ns, 52500);
    budget_free(budget);
    assert_null(budget_new(profile, 1, &error));
    assert_non_null(strstr(error.message, "a plain run takes less"));
    profile_free(profile);
}

/* In a short program no time may remain after the probes are subtracted. */
static void a_plain_run_stands_in_for_no_time_at_all(void **state) {
    (void)state;
    struct error error = {""};
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    add(profile, "leaf", 1000, 0, 10000);
    struct budget *budget = budget_new(profile, 5e-6, &error);
    assert_non_null(budget);
    assert_near(budget_slowdown(budget), 2);
    assert_near(budget->functions[0].self_ns, 0);
    assert_near(budget->functions[0].cost_ns, 5000);
    budget_free(budget);
    profile_free(profile);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_within_the_budget_is_left_as_it_is),
        cmocka_unit_test(a_function_is_counted_before_it_is_skipped),
        cmocka_unit_test(what_cannot_be_counted_is_skipped),
        cmocka_unit_test(a_small_budget_leaves_the_most_telling_function),
        cmocka_unit_test(steps_that_are_not_needed_are_taken_back),
        cmocka_unit_test(what_a_name_hits_besides_is_reckoned_in),
        cmocka_unit_test(frames_that_are_no_functions_are_never_chosen),
        cmocka_unit_test(a_plain_run_says_what_the_program_itself_takes),
        cmocka_unit_test(a_plain_run_stands_in_for_no_time_at_all),
        cmocka_unit_test(a_profile_without_costs_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
