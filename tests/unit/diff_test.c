/* SPDX-License-Identifier: MIT */
/*
 * Tests of reader/diff.c: on random profiles the parts of a change add up to it, whatever the
 * profiles are; on small ones whose answer is known, they are that answer.
 */
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

static uint64_t generator;

static uint32_t draw(uint32_t below) {
    generator = generator * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)((generator >> 33) % below);
}

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
                                                             .values = (int64_t[]){count, value}}),
        PROFILE_NONE);
}

static struct profile *make(const char *count, const char *value, const char *unit) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, count, "count");
    profile_add_value_type(profile, value, unit);
    return profile;
}

static struct profile *make_calls(void) {
    return make("calls", "wall", "nanoseconds");
}

/* Of profiles ended by NULL, which are freed. */
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

static const struct diff_cause *cause_of(const struct diff *diff, enum diff_cause_kind kind,
                                         const char *name) {
    for (uint32_t i = 0; i < diff->cause_count; i++) {
        if (diff->causes[i].kind == kind &&
            strcmp(names_function(diff->names, diff->causes[i].function)->name, name) == 0)
            return &diff->causes[i];
    }
    return NULL;
}

static void assert_near(double found, double expected, double scale) {
    if (!(fabs(found - expected) <= 1e-9 * (scale + fabs(expected))))
        fail_msg("%.15g is not %.15g", found, expected);
}

/* --- on random profiles -------------------------------------------------------------------------
 */

/* Paths of up to six of a few functions, recursion and libraries among them. */
static struct profile *make_random(const char *count, uint32_t functions) {
    struct profile *profile = make(count, "wall", "nanoseconds");
    const uint32_t stacks = 1 + draw(60);
    for (uint32_t i = 0; i < stacks; i++) {
        char stack[256] = "", name[16];
        const uint32_t depth = 1 + draw(6);
        for (uint32_t at = 0; at < depth; at++) {
            snprintf(name, sizeof(name), draw(8) == 0 ? "[lib%u.so]" : "f%u", draw(functions));
            snprintf(stack + strlen(stack), sizeof(stack) - strlen(stack), "%s%s",
                     at == 0 ? "" : " ", name);
        }
        add(profile, stack, draw(4) == 0 ? 0 : 1 + draw(draw(2) == 0 ? 5 : 1000000),
            draw(4) == 0 ? 0 : draw(1000000000));
    }
    return profile;
}

static double scale_of(const struct diff *diff) {
    return 100 * (diff->value_total.mean[DIFF_OLD] + diff->value_total.mean[DIFF_NEW]);
}

static void parts_add_up(const struct diff *diff) {
    const double scale = scale_of(diff);
    double functions = 0, edges = 0, causes = 0;
    for (uint32_t i = 0; i < diff->function_count; i++) {
        const struct diff_row *row = &diff->functions[i];
        assert_near(diff_parts_sum(&row->parts), diff_change(&row->self), scale);
        functions += diff_change(&row->self);
    }
    for (uint32_t i = 0; i < diff->edge_count; i++) {
        const struct diff_row *row = &diff->edges[i];
        assert_near(diff_parts_sum(&row->parts), diff_change(&row->self), scale);
        edges += diff_change(&row->self);
    }
    for (uint32_t i = 0; i < diff->cause_count; i++)
        causes += diff->causes[i].effect;
    assert_near(functions, diff_change(&diff->value_total), scale);
    assert_near(edges, diff_change(&diff->value_total), scale);
    assert_near(causes, diff_change(&diff->value_total), scale);
    assert_near(diff_parts_sum(&diff->parts), diff_change(&diff->value_total), scale);
}

static void the_tree_holds_all(const struct diff *diff) {
    double self[2] = {0}, calls[2] = {0};
    for (uint32_t i = 0; i < diff->node_count; i++) {
        assert_true(i == 0 || diff->nodes[i].parent < i);
        for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
            self[side] += diff->nodes[i].self[side];
            calls[side] += diff->nodes[i].calls[side];
        }
    }
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        assert_near(self[side], diff->value_total.mean[side], 0);
        assert_near(calls[side], diff->count_total.mean[side], 0);
    }
}

static void parts_of_random_profiles_add_up_to_the_change(void **state) {
    static const char *const counts[] = {"calls", "contentions"};
    (void)state;
    for (unsigned run = 0; run < 2000; run++) {
        generator = run;
        const char *count = counts[run % 2];
        const uint32_t functions = 2 + draw(12);
        struct profile *old = make_random(count, functions);
        struct diff *diff = diff_two(old, make_random(count, functions + draw(3)));
        parts_add_up(diff);
        the_tree_holds_all(diff);
        diff_free(diff);
    }
}

static void parts_of_averages_add_up_as_well(void **state) {
    (void)state;
    for (unsigned run = 0; run < 200; run++) {
        struct profile *old[5] = {0}, *new[5] = {0};
        generator = 10000 + run;
        for (uint32_t i = 0, count = 1 + draw(4); i < count; i++)
            old[i] = make_random("calls", 8);
        for (uint32_t i = 0, count = 1 + draw(4); i < count; i++)
            new[i] = make_random("calls", 8);
        struct diff *diff = diff_of(&(struct diff_options){.value = "wall"}, old, new);
        parts_add_up(diff);
        the_tree_holds_all(diff);
        diff_free(diff);
    }
}

/* Only what is matched below a function that one side has may depend on who was there first. */
static void the_other_way_round_each_part_is_the_same_but_for_the_sign(void **state) {
    (void)state;
    for (unsigned run = 0; run < 500; run++) {
        struct diff *diffs[2];
        for (int way = 0; way < 2; way++) {
            generator = 20000 + run;
            struct profile *one = make_random("calls", 7), *other = make_random("calls", 7);
            diffs[way] = way == 0 ? diff_two(one, other) : diff_two(other, one);
        }
        for (uint32_t i = 0; i < diffs[0]->function_count; i++) {
            const struct diff_row *row = &diffs[0]->functions[i];
            if (!row->is_in[DIFF_OLD] && !row->is_in[DIFF_NEW])
                continue;
            const struct diff_row *back =
                row_of(diffs[1], NULL, names_function(diffs[0]->names, i)->name);
            const double scale = scale_of(diffs[0]);
            assert_near(row->parts.calls, -back->parts.calls, scale);
            assert_near(row->parts.cost, -back->parts.cost, scale);
            assert_near(row->parts.added, -back->parts.gone, scale);
            assert_near(row->parts.gone, -back->parts.added, scale);
        }
        diff_free(diffs[0]);
        diff_free(diffs[1]);
    }
}

/* --- on profiles whose answer is known ----------------------------------------------------------
 */

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
    /* spin itself has more calls, but they are not its caller's doing. */
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
        cmocka_unit_test(parts_of_random_profiles_add_up_to_the_change),
        cmocka_unit_test(parts_of_averages_add_up_as_well),
        cmocka_unit_test(the_other_way_round_each_part_is_the_same_but_for_the_sign),
        cmocka_unit_test(twice_as_many_calls_that_take_twice_as_long_share_the_change),
        cmocka_unit_test(a_call_that_moved_into_a_loop_has_all_that_it_calls),
        cmocka_unit_test(what_only_one_side_calls_is_new_or_gone_with_all_below),
        cmocka_unit_test(contexts_meet_over_a_function_that_was_inlined),
        cmocka_unit_test(contexts_meet_over_one_that_was_inlined_in_part),
        cmocka_unit_test(contexts_meet_below_functions_that_replaced_each_other),
        cmocka_unit_test(what_a_new_function_calls_is_its_own),
        cmocka_unit_test(libraries_of_other_names_keep_nothing_apart),
        cmocka_unit_test(a_time_below_what_can_be_measured_grows_with_its_calls),
        cmocka_unit_test(places_of_events_stand_each_for_itself),
        cmocka_unit_test(several_runs_have_their_mean_and_spread),
        cmocka_unit_test(what_cannot_be_compared_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
