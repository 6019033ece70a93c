/* SPDX-License-Identifier: MIT */
/* Tests of analysis_scope.c: sums by caller and context, and what lost contexts and folded
 * recursion leave open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/analysis_scope.h"

enum { MOST_DEPTH = 8 };

static uint32_t location(struct profile *profile, const char *name) {
    const struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name, .file = "a.c"})};
    return profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                    .line_count = 1,
                                                                    .lines = (void *)&line});
}

/* Stacks as "leaf caller …", each with so many calls. */
static struct analysis *analyse(const char *const *stacks, const int64_t *calls) {
    struct profile *profile = profile_new();
    struct error error = {""};
    assert_non_null(profile);
    profile_add_value_type(profile, "calls", "count");
    for (; *stacks != NULL; stacks++, calls++) {
        uint32_t frames[MOST_DEPTH], depth = 0;
        char *text = strdup(*stacks), *rest = NULL;
        for (char *name = strtok_r(text, " ", &rest); name != NULL;
             name = strtok_r(NULL, " ", &rest))
            frames[depth++] = location(profile, name);
        profile_add_sample(profile, &(struct profile_sample){.depth = depth,
                                                             .locations = frames,
                                                             .values = (int64_t[]){*calls}});
        free(text);
    }
    struct analysis *analysis = analysis_new(profile, &(struct analysis_options){0}, &error);
    assert_non_null(analysis);
    assert_int_equal(analysis_add_edges(analysis, &error), 0);
    return analysis;
}

static void give_back(struct analysis *analysis) {
    struct profile *profile = (struct profile *)(uintptr_t)analysis->profile;
    analysis_free(analysis);
    profile_free(profile);
}

static uint32_t number_of(const struct analysis *analysis, const char *name) {
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, name) == 0)
            return i;
    }
    fail_msg("no %s", name);
    return 0;
}

struct question {
    const char *what, *caller, *above;
    bool has_above_too;
};

static bool *set(const struct analysis *analysis, const char *name) {
    bool *members = calloc(analysis->function_sums.count + 1, sizeof(*members));
    assert_non_null(members);
    if (name != NULL)
        members[number_of(analysis, name)] = true;
    return members;
}

static void assert_sum(const struct analysis *analysis, struct question question, int64_t least,
                       int64_t most) {
    bool *what = set(analysis, question.what), *caller = set(analysis, question.caller);
    bool *above = set(analysis, question.above);
    const struct analysis_scope scope = {.what = question.what == NULL ? NULL : what,
                                         .caller = question.caller == NULL ? NULL : caller,
                                         .above = question.above == NULL ? NULL : above,
                                         .has_above_too = question.has_above_too};
    struct analysis_bounds bounds;
    struct error error = {""};
    assert_int_equal(analysis_scope_sum(analysis, &scope, &bounds, NULL, NULL, &error), 0);
    assert_int_equal(bounds.least, least);
    assert_int_equal(bounds.most, most);
    assert_int_equal(bounds.most - bounds.least, bounds.truncated + bounds.folded);
    free(what);
    free(caller);
    free(above);
}

static void functions_edges_and_contexts(void **state) {
    static const char *const stacks[] = {
        "main",     "parse main", "get parse main", "malloc get parse main", "malloc get main",
        "get main", NULL};
    static const int64_t calls[] = {1, 10, 20, 40, 80, 160};
    struct analysis *analysis = analyse(stacks, calls);
    (void)state;
    assert_sum(analysis, (struct question){.what = "malloc"}, 120, 120);
    assert_sum(analysis, (struct question){.what = "malloc", .caller = "get"}, 120, 120);
    assert_sum(analysis, (struct question){.what = "get", .caller = "parse"}, 20, 20);
    assert_sum(analysis, (struct question){.what = "malloc", .caller = "parse"}, 0, 0);
    assert_sum(analysis, (struct question){.what = "malloc", .above = "parse"}, 40, 40);
    assert_sum(analysis, (struct question){.what = "parse", .above = "parse"}, 0, 0);
    assert_sum(analysis, (struct question){.above = "parse"}, 60, 60);
    assert_sum(analysis, (struct question){.above = "parse", .has_above_too = true}, 70, 70);
    assert_sum(analysis, (struct question){.above = "main", .has_above_too = true}, 311, 311);
    give_back(analysis);
}

static void shares_of_functions_and_callers(void **state) {
    static const char *const stacks[] = {"malloc get main", "malloc put main", "malloc", NULL};
    static const int64_t calls[] = {3, 4, 5};
    struct analysis *analysis = analyse(stacks, calls);
    bool *what = set(analysis, "malloc");
    int64_t by_function[5] = {0}, by_caller[5] = {0};
    struct analysis_bounds bounds;
    struct error error = {""};
    (void)state;
    assert_true(analysis->function_sums.count <= 5);
    assert_int_equal(analysis_scope_sum(analysis, &(struct analysis_scope){.what = what}, &bounds,
                                        by_function, by_caller, &error),
                     0);
    assert_int_equal(bounds.least, 12);
    assert_int_equal(by_function[number_of(analysis, "malloc")], 12);
    assert_int_equal(by_caller[number_of(analysis, "get")], 3);
    assert_int_equal(by_caller[number_of(analysis, "put")], 4);
    free(what);
    give_back(analysis);
}

static void lost_contexts(void **state) {
    static const char *const stacks[] = {
        "malloc parse main",        "parse main", "malloc get [truncated]",
        "malloc parse [truncated]", "[lost]",     NULL};
    static const int64_t calls[] = {1, 2, 4, 8, 16};
    struct analysis *analysis = analyse(stacks, calls);
    (void)state;
    /* Functions and edges are exact but for calls of which nothing is known. */
    assert_sum(analysis, (struct question){.what = "malloc"}, 13, 29);
    assert_sum(analysis, (struct question){.what = "malloc", .caller = "get"}, 4, 20);
    assert_sum(analysis, (struct question){.what = "malloc", .above = "parse"}, 9, 29);
    give_back(analysis);
}

/* f calls g, g calls h, h calls f, f calls g again: that edge is on the path, so that its second g
 * is the first one's node, and what it calls is seen without h. */
static void folded_recursion(void **state) {
    static const char *const stacks[] = {"f main",     "g f main", "h g f main", "f h g f main",
                                         "p g f main", "p q main", "q main",     NULL};
    static const int64_t calls[] = {1, 2, 4, 8, 16, 32, 64};
    struct analysis *analysis = analyse(stacks, calls);
    (void)state;
    assert_sum(analysis, (struct question){.what = "p", .above = "h"}, 0, 16);
    assert_sum(analysis, (struct question){.what = "p", .above = "g"}, 16, 16);
    assert_sum(analysis, (struct question){.what = "p", .above = "f"}, 16, 16);
    assert_sum(analysis, (struct question){.what = "p", .above = "q"}, 32, 32);
    assert_sum(analysis, (struct question){.what = "p", .above = "main"}, 48, 48);
    give_back(analysis);
}

static void sums_that_do_not_fit(void **state) {
    static const char *const stacks[] = {"a main", "a other", NULL};
    static const int64_t calls[] = {INT64_MAX, 0};
    struct analysis *analysis = analyse(stacks, calls);
    struct analysis_bounds bounds;
    struct error error = {""};
    (void)state;
    analysis->profile->samples[1].values[0] = 1;
    assert_int_equal(
        analysis_scope_sum(analysis, &(struct analysis_scope){0}, &bounds, NULL, NULL, &error), -1);
    assert_string_equal(error.message, "the values are too large to be added up");
    give_back(analysis);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_edges_and_contexts),
        cmocka_unit_test(shares_of_functions_and_callers),
        cmocka_unit_test(lost_contexts),
        cmocka_unit_test(folded_recursion),
        cmocka_unit_test(sums_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
