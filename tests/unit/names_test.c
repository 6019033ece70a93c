/* SPDX-License-Identifier: MIT */
/* Tests of reader/analysis/names.c: which functions of two builds are taken for the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/names.h"

struct function {
    const char *name, *file;
};

/* A profile with these functions, each called once. */
static struct profile *make(const struct function *functions) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    for (uint32_t i = 0; functions[i].name != NULL; i++) {
        struct profile_line line = {
            .function = profile_add_function(
                profile, &(struct profile_function){.name = functions[i].name,
                                                    .system_name = functions[i].name,
                                                    .file = functions[i].file}),
            .line = 1};
        uint32_t location = profile_add_location(
            profile,
            &(struct profile_location){
                .mapping = PROFILE_NONE, .address = i + 1, .line_count = 1, .lines = &line});
        profile_add_sample(
            profile,
            &(struct profile_sample){.depth = 1, .locations = &location, .values = &(int64_t){1}});
    }
    return profile;
}

/* Adds them; the numbers in the order of `functions`. */
static void add(struct names *names, const struct function *functions,
                const struct names_renames *renames, uint32_t *numbers) {
    struct error error;
    struct profile *profile = make(functions);
    struct analysis *analysis = analysis_new(profile, &(struct analysis_options){0}, &error);
    assert_non_null(analysis);
    uint32_t *all = names_add(names, analysis, renames, &error);
    assert_non_null(all);
    for (uint32_t i = 0; functions[i].name != NULL; i++) {
        numbers[i] = PROFILE_NONE;
        for (uint32_t at = 0; at < analysis->function_sums.count; at++) {
            if (strcmp(analysis->functions[at].name, functions[i].name) == 0 &&
                strcmp(analysis->functions[at].file, functions[i].file) == 0)
                numbers[i] = all[at];
        }
        assert_int_not_equal(numbers[i], PROFILE_NONE);
    }
    free(all);
    analysis_free(analysis);
    profile_free(profile);
}

static void a_name_that_is_there_once_matches_wherever_its_file_went(void **state) {
    const struct function old[] = {{"parse", "/a/parse.c"}, {"main", "/a/main.c"}, {0}};
    const struct function new[] = {{"main", "main.c"}, {"parse", "/b/src/reader.c"}, {0}};
    struct names *names = names_new();
    uint32_t before[2], after[2];
    (void)state;
    add(names, old, NULL, before);
    add(names, new, NULL, after);
    assert_int_equal(before[0], after[1]);
    assert_int_equal(before[1], after[0]);
    assert_string_equal(names_function(names, before[0])->file, "/b/src/reader.c");
    names_free(names);
}

static void functions_of_one_name_are_told_apart_by_their_files(void **state) {
    const struct function old[] = {{"init", "/a/x.c"}, {"init", "/a/y.c"}, {"init", "/a/z.c"}, {0}};
    const struct function new[] = {{"init", "/b/y.c"}, {"init", "/a/x.c"}, {"init", "/b/w.c"}, {0}};
    struct names *names = names_new();
    uint32_t before[3], after[3];
    (void)state;
    add(names, old, NULL, before);
    add(names, new, NULL, after);
    assert_int_equal(before[0], after[1]);
    assert_int_equal(before[1], after[0]);
    for (unsigned i = 0; i < 3; i++) /* z.c or another: nobody can tell */
        assert_int_not_equal(after[2], before[i]);
    names_free(names);
}

static void what_is_renamed_matches(void **state) {
    const struct function old[] = {
        {"init", "/a/z.c"}, {"init", "/a/x.c"}, {"lookup", "/a/x.c"}, {"look", "/a/xz.c"}, {0}};
    const struct function new[] = {{"find", "/a/x.c"}, {"init", "/a/w.c"}, {"init", "/a/x.c"}, {0}};
    const struct names_rename list[] = {{"lookup", "find"}, {"z.c", "w.c"}};
    struct names *names = names_new();
    uint32_t before[4], after[3];
    (void)state;
    add(names, old, &(struct names_renames){list, 2}, before);
    add(names, new, NULL, after);
    assert_int_equal(before[0], after[1]);
    assert_int_equal(before[1], after[2]);
    assert_int_equal(before[2], after[0]);
    assert_string_equal(names_function(names, before[3])->file, "/a/xz.c");
    names_free(names);
}

static void numbers_stay_while_profiles_are_added(void **state) {
    struct names *names = names_new();
    uint32_t first[2], again[2], more[1];
    (void)state;
    add(names, (const struct function[]){{"a", "a.c"}, {"b", "b.c"}, {0}}, NULL, first);
    add(names, (const struct function[]){{"c", "c.c"}, {0}}, NULL, more);
    add(names, (const struct function[]){{"b", "b.c"}, {"a", "a.c"}, {0}}, NULL, again);
    assert_int_equal(first[0], again[1]);
    assert_int_equal(first[1], again[0]);
    assert_string_equal(names_function(names, more[0])->name, "c");
    names_free(names);
}

static void a_file_is_named_by_its_path_or_the_end_of_it(void **state) {
    const struct analysis_function function = {.name = "f", .file = "/a/src/lvm.c"};
    (void)state;
    assert_true(names_matches("f", &function));
    assert_true(names_matches("lvm.c", &function));
    assert_true(names_matches("src/lvm.c", &function));
    assert_true(names_matches("/a/src/lvm.c", &function));
    assert_false(names_matches("vm.c", &function));
    assert_false(names_matches("", &function));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_there_once_matches_wherever_its_file_went),
        cmocka_unit_test(functions_of_one_name_are_told_apart_by_their_files),
        cmocka_unit_test(what_is_renamed_matches),
        cmocka_unit_test(numbers_stay_while_profiles_are_added),
        cmocka_unit_test(a_file_is_named_by_its_path_or_the_end_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
