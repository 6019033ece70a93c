/* SPDX-License-Identifier: MIT */
/* Tests of reader/analysis/diff.c on profiles whose answer is known. */
#include "diff_profiles.h"

static struct profile *make_calls(void) {
    return make("calls", "wall", "nanoseconds");
}

static const struct diff_cause *cause_of(const struct diff *diff, enum diff_cause_kind kind,
                                         const char *name) {
    for (uint32_t i = 0; i < diff->cause_count; i++) {
        if (diff->causes[i].kind == kind &&
            strcmp(names_function(diff->names, diff->causes[i].function)->name, name) == 0)
            return &diff->causes[i];
    }
    return NULL;
}

static void twice_as_many_calls_that_take_twice_as_long_share_the_change(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 10, 100);
    add(new, "main", 20, 400);
    struct diff *diff = diff_two(old, new);
    const struct diff_row *row = row_of(diff, NULL, "main");
    assert_near(row->parts.calls, 150, 0);
    assert_near(row->parts.cost, 150, 0);
    assert_true(row->parts.added == 0 && row->parts.gone == 0);
    diff_free(diff);
}

static void a_call_that_moved_into_a_loop_has_all_that_it_calls(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct profile *profile = side == 0 ? old : new;
        const int64_t calls = side == 0 ? 1 : 50;
        add(profile, "main", 1, 1000);
        add(profile, "main serve", 1, 5000);
        add(profile, "main serve check", calls, calls * 100);
        add(profile, "main serve check spin", calls * 3, calls * 900);
    }
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 1);
    assert_int_equal(diff->causes[0].kind, DIFF_CAUSE_CALLS);
    assert_string_equal(names_function(diff->names, diff->causes[0].function)->name, "check");
    assert_string_equal(names_function(diff->names, diff->causes[0].caller)->name, "serve");
    assert_near(diff->causes[0].effect, 49000, 0);
    assert_true(diff->causes[0].calls[DIFF_NEW] == 50 &&
                diff->causes[0].caller_calls[DIFF_NEW] == 1);
    /* spin itself has more calls, but its caller does not cause them. */
    assert_near(row_of(diff, NULL, "spin")->parts.calls, 44100, 0);
    diff_free(diff);
}

static void what_only_one_side_calls_is_new_or_gone_with_all_below(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 1, 100);
    add(new, "main", 1, 100);
    add(old, "main lookup", 5, 50);
    add(new, "main log", 7, 30);
    add(new, "main log print", 70, 300);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 2);
    assert_near(cause_of(diff, DIFF_CAUSE_ADDED, "log")->effect, 330, 0);
    assert_near(cause_of(diff, DIFF_CAUSE_GONE, "lookup")->effect, -50, 0);
    assert_near(diff->parts.added, 330, 0);
    assert_near(diff->parts.gone, -50, 0);
    assert_near(row_of(diff, "log", "print")->parts.added, 300, 0);
    diff_free(diff);
}

static void contexts_meet_over_a_function_that_was_inlined(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 1, 100);
    add(old, "main middle", 10, 40);
    add(old, "main middle leaf", 30, 600);
    add(old, "main middle leaf deep", 60, 60);
    add(new, "main", 1, 140);
    add(new, "main leaf", 30, 600);
    add(new, "main leaf deep", 60, 60);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 2);
    assert_near(cause_of(diff, DIFF_CAUSE_GONE, "middle")->effect, -40, 0);
    assert_near(cause_of(diff, DIFF_CAUSE_COST, "main")->effect, 40, 0);
    diff_free(diff);
}

/* Some of its calls were direct before. */
static void contexts_meet_over_one_that_was_inlined_in_part(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 1, 100);
    add(old, "main leaf", 10, 200);
    add(old, "main middle", 10, 40);
    add(old, "main middle leaf", 30, 600);
    add(new, "main", 1, 100);
    add(new, "main leaf", 40, 800);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 1);
    assert_near(cause_of(diff, DIFF_CAUSE_GONE, "middle")->effect, -40, 0);
    diff_free(diff);
}

static void contexts_meet_below_functions_that_replaced_each_other(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 1, 100);
    add(old, "main lookup", 10, 40);
    add(old, "main lookup hash", 10, 600);
    add(old, "main lookup hash mix", 60, 60);
    add(new, "main", 1, 100);
    add(new, "main find", 10, 50);
    add(new, "main find hash", 10, 600);
    add(new, "main find hash mix", 60, 60);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 2);
    assert_near(cause_of(diff, DIFF_CAUSE_GONE, "lookup")->effect, -40, 0);
    assert_near(cause_of(diff, DIFF_CAUSE_ADDED, "find")->effect, 50, 0);
    diff_free(diff);
}

/* leaf below new_step are calls that were not there before: they are new_step's. */
static void what_a_new_function_calls_is_its_own(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 1, 100);
    add(old, "main leaf", 10, 200);
    add(new, "main", 1, 100);
    add(new, "main leaf", 10, 200);
    add(new, "main new_step", 1, 10);
    add(new, "main new_step leaf", 500, 10000);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 1);
    assert_near(cause_of(diff, DIFF_CAUSE_ADDED, "new_step")->effect, 10010, 0);
    diff_free(diff);
}

static void libraries_of_other_names_keep_nothing_apart(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "[libc-2.31.so] main sort [libc-2.31.so] compare", 10, 100);
    add(new, "[libc.so.6] main sort [libc.so.6] compare", 20, 200);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 1);
    assert_near(cause_of(diff, DIFF_CAUSE_CALLS, "compare")->effect, 100, 0);
    diff_free(diff);
}

static void a_time_below_what_can_be_measured_grows_with_its_calls(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 10, 0);
    add(new, "main", 1000, 5000);
    struct diff *diff = diff_two(old, new);
    assert_near(row_of(diff, NULL, "main")->parts.calls, 4950, 0);
    assert_near(row_of(diff, NULL, "main")->parts.cost, 50, 0);
    diff_free(diff);
}

/* leaf is dearer below b, and called there more often: the mean rises though each call takes a
 * tenth less. */
static void what_a_call_takes_is_compared_in_the_same_contexts(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main a leaf", 90, 900);
    add(old, "main b leaf", 10, 1000);
    add(new, "main a leaf", 10, 90);
    add(new, "main b leaf", 90, 8100);
    struct diff *diff = diff_two(old, new);
    const struct diff_cause *cause = cause_of(diff, DIFF_CAUSE_COST, "leaf");
    assert_true(cause->effect < 0);
    assert_near(cause->self[DIFF_OLD] / cause->calls[DIFF_OLD], 19, 0);
    assert_near(cause->self[DIFF_NEW] / cause->calls[DIFF_NEW], 81.9, 0);
    assert_near(diff_cause_ratio(cause), 0.9, 0);
    diff_free(diff);
}

/* [unplaced] is not a new callee, and may be below 0. */
static void what_could_not_be_placed_is_nobodys_call(void **state) {
    struct profile *old = make_calls(), *new = make_calls();
    (void)state;
    add(old, "main", 10, 1000);
    add(new, "main", 10, 1000);
    add(new, "[unplaced]", 0, -30);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 1);
    assert_near(cause_of(diff, DIFF_CAUSE_COST, "[unplaced]")->effect, -30, 0);
    assert_near(row_of(diff, NULL, "[unplaced]")->parts.cost, -30, 0);
    diff_free(diff);
}

static void places_of_events_stand_each_for_itself(void **state) {
    struct profile *old = make("alloc_objects", "alloc_space", "bytes");
    struct profile *new = make("alloc_objects", "alloc_space", "bytes");
    (void)state;
    add(old, "main request", 100, 1000);
    add(old, "main request copy", 100, 6400);
    add(new, "main request", 900, 9000);
    add(new, "main request copy", 100, 12800);
    struct diff *diff = diff_two(old, new);
    assert_int_equal(diff->cause_count, 2);
    assert_near(cause_of(diff, DIFF_CAUSE_CALLS, "request")->effect, 8000, 0);
    assert_near(cause_of(diff, DIFF_CAUSE_COST, "copy")->effect, 6400, 0);
    diff_free(diff);
}

static void several_runs_have_their_mean_and_spread(void **state) {
    struct profile *old[] = {make_calls(), make_calls(), NULL};
    struct profile *new[] = {make_calls(), make_calls(), make_calls(), NULL};
    (void)state;
    for (int i = 0; i < 2; i++) {
        profile_add_value_type(old[i], "wall_error", "nanoseconds");
        add(old[i], "main", 7, 100);
    }
    add(new[0], "main", 7, 90);
    add(new[1], "main", 7, 100);
    add(new[2], "main", 8, 110);
    struct diff *diff = diff_of(&(struct diff_options){.value = "calls"}, old, new);
    const struct diff_row *row = row_of(diff, NULL, "main");
    assert_true(row->calls.varies && row->calls.error[DIFF_OLD] == 0);
    assert_near(row->calls.mean[DIFF_NEW], 22.0 / 3, 0);
    /* qt(.975,2) * sd(c(7,7,8)) / sqrt(3) */
    assert_near(row->calls.error[DIFF_NEW], 1.43421757658315, 0);
    diff_free(diff);
}

static void what_cannot_be_compared_is_said(void **state) {
    struct error error;
    struct profile *calls = make_calls(), *heap = make("alloc_objects", "wall", "nanoseconds");
    const struct names_rename rename = {"main", "nothing"};
    const struct diff_options options = {.value = "wall", .renames = {&rename, 1}};
    struct diff *diff = diff_new(&options, &error);
    (void)state;
    add(calls, "main", 1, 1);
    add(heap, "main", 1, 1);
    assert_int_equal(diff_finish(diff, &error), -1);
    assert_int_equal(diff_add(diff, DIFF_OLD, calls, &error), 0);
    assert_int_equal(diff_add(diff, DIFF_NEW, heap, &error), -1);
    assert_non_null(strstr(error.message, "counts alloc_objects"));
    assert_int_equal(diff_add(diff, DIFF_NEW, calls, &error), 0);
    assert_int_equal(diff_finish(diff, &error), -1);
    assert_non_null(strstr(error.message, "called nothing"));
    diff_free(diff);
    diff = diff_new(&(struct diff_options){.value = "cpu"}, &error);
    assert_int_equal(diff_add(diff, DIFF_OLD, calls, &error), -1);
    assert_non_null(strstr(error.message, "no value 'cpu'"));
    diff_free(diff);
    profile_free(calls);
    profile_free(heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_as_many_calls_that_take_twice_as_long_share_the_change),
        cmocka_unit_test(a_call_that_moved_into_a_loop_has_all_that_it_calls),
        cmocka_unit_test(what_only_one_side_calls_is_new_or_gone_with_all_below),
        cmocka_unit_test(contexts_meet_over_a_function_that_was_inlined),
        cmocka_unit_test(contexts_meet_over_one_that_was_inlined_in_part),
        cmocka_unit_test(contexts_meet_below_functions_that_replaced_each_other),
        cmocka_unit_test(what_a_new_function_calls_is_its_own),
        cmocka_unit_test(libraries_of_other_names_keep_nothing_apart),
        cmocka_unit_test(a_time_below_what_can_be_measured_grows_with_its_calls),
        cmocka_unit_test(what_a_call_takes_is_compared_in_the_same_contexts),
        cmocka_unit_test(what_could_not_be_placed_is_nobodys_call),
        cmocka_unit_test(places_of_events_stand_each_for_itself),
        cmocka_unit_test(several_runs_have_their_mean_and_spread),
        cmocka_unit_test(what_cannot_be_compared_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
