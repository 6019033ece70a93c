/* SPDX-License-Identifier: MIT */
/*
 * Tests of the profile model: equal functions and locations are one element; merge and subtract
 * agree with a plain recount; nothing is lost when sums are too large.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader/profile/profile.h"

enum { functions = 10 };

/* Functions f0..f9 at addresses relative to where the program was loaded. */
static struct profile *make_profile(uint64_t start) {
    struct profile *profile = profile_new();
    assert_non_null(profile);
    assert_int_equal(profile_add_value_type(profile, "calls", "count"), 0);
    assert_int_equal(profile_add_value_type(profile, "wall", "nanoseconds"), 1);
    struct profile_mapping mapping = {
        .start = start, .limit = start + 0x8000, .file = "/bin/prog", .build_id = "00ff"};
    assert_int_equal(profile_add_mapping(profile, &mapping), 0);
    for (uint32_t i = 0; i < functions; i++) {
        char name[8];
        snprintf(name, sizeof(name), "f%u", i);
        struct profile_function function = {.name = name, .system_name = name, .file = "f.c"};
        struct profile_line line = {.function = profile_add_function(profile, &function),
                                    .line = 10 * i};
        struct profile_location location = {
            .mapping = 0, .address = start + 16 * i, .line_count = 1, .lines = &line};
        assert_int_equal(profile_add_location(profile, &location), i);
    }
    return profile;
}

static uint32_t add(struct profile *profile, uint32_t leaf, uint32_t caller, int64_t calls,
                    int64_t wall) {
    uint32_t stack[] = {leaf, caller};
    int64_t values[] = {calls, wall};
    struct profile_sample sample = {.depth = 2, .locations = stack, .values = values};
    return profile_add_sample(profile, &sample);
}

static const struct profile_sample *find(const struct profile *profile, const char *leaf,
                                         const char *caller) {
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        const char *names[2];
        for (uint32_t j = 0; j < 2; j++) {
            const struct profile_location *location = &profile->locations[sample->locations[j]];
            names[j] = profile->functions[location->lines[0].function].name;
        }
        if (strcmp(names[0], leaf) == 0 && strcmp(names[1], caller) == 0)
            return sample;
    }
    return NULL;
}

static void equal_strings_are_one_pointer(void **state) {
    (void)state;
    struct profile *profile = profile_new();
    char text[] = "name";
    const char *first = profile_string(profile, text);
    text[0] = 'g';
    assert_string_equal(first, "name");
    assert_ptr_equal(profile_string_sized(profile, "name and more", 4), first);
    assert_ptr_not_equal(profile_string(profile, "game"), first);
    assert_string_equal(profile_string(profile, NULL), "");
    assert_ptr_equal(profile_string_sized(profile, "\0x", 2), profile_string(profile, ""));
    profile_free(profile);
}

static void equal_elements_are_one_and_others_are_not(void **state) {
    (void)state;
    struct profile *profile = make_profile(0x1000);
    struct profile_mapping mapping = profile->mappings[0];
    assert_int_equal(profile_add_mapping(profile, &mapping), 0);
    mapping.offset = 1;
    assert_int_equal(profile_add_mapping(profile, &mapping), 1);

    struct profile_function function = profile->functions[3];
    function.name = "f3";
    assert_int_equal(profile_add_function(profile, &function), 3);
    function.start_line = 5;
    assert_int_equal(profile_add_function(profile, &function), functions);

    struct profile_location location = profile->locations[4];
    assert_int_equal(profile_add_location(profile, &location), 4);
    struct profile_line lines[2] = {location.lines[0], {.function = 1, .line = 3}};
    location.lines = lines;
    assert_int_equal(profile_add_location(profile, &location), 4);
    location.line_count = 2;
    assert_int_equal(profile_add_location(profile, &location), functions);
    location.line_count = 1;
    location.is_folded = true;
    assert_int_equal(profile_add_location(profile, &location), functions + 1);
    lines[0].column = 1;
    assert_int_equal(profile_add_location(profile, &location), functions + 2);
    location = profile->locations[0];
    location.mapping = PROFILE_NONE;
    assert_int_equal(profile_add_location(profile, &location), functions + 3);

    assert_int_equal(profile_add_comment(profile, "c"), 0);
    assert_int_equal(profile_add_comment(profile, "d"), 1);
    assert_int_equal(profile_add_comment(profile, "c"), 0);
    profile_free(profile);
}

static void equal_samples_add_up(void **state) {
    (void)state;
    struct profile *profile = make_profile(0x1000);
    assert_int_equal(add(profile, 1, 0, 5, 50), 0);
    assert_int_equal(add(profile, 0, 1, 7, 70), 1);
    assert_int_equal(add(profile, 1, 0, 1, -20), 0);
    assert_int_equal(profile->sample_count, 2);
    assert_int_equal(profile->samples[0].values[0], 6);
    assert_int_equal(profile->samples[0].values[1], 30);
    uint32_t stack[] = {1, 0, 0};
    int64_t values[] = {1, 1};
    for (uint32_t depth = 0; depth <= 3; depth++) {
        struct profile_sample sample = {.depth = depth, .locations = stack, .values = values};
        assert_int_equal(profile_add_sample(profile, &sample), depth == 2  ? 0
                                                               : depth < 2 ? depth + 2
                                                                           : 4);
    }
    profile_free(profile);
}

static uint32_t add_tagged(struct profile *profile, const struct profile_tag *tags,
                           uint32_t count) {
    uint32_t stack[] = {1};
    int64_t values[] = {1, 10};
    struct profile_sample sample = {.depth = 1,
                                    .locations = stack,
                                    .values = values,
                                    .tag_count = count,
                                    .tags = (struct profile_tag *)(uintptr_t)tags};
    return profile_add_sample(profile, &sample);
}

static void tags_keep_samples_apart_in_any_order(void **state) {
    (void)state;
    struct profile *profile = make_profile(0x1000);
    const struct profile_tag ab[] = {{.key = "a", .text = "x"}, {.key = "b", .number = 1}};
    const struct profile_tag ba[] = {{.key = "b", .number = 1}, {.key = "a", .text = "x"}};
    const struct profile_tag other[] = {{.key = "a", .text = "x"}, {.key = "b", .number = 2}};
    const struct profile_tag unit[] = {{.key = "a", .text = "x"},
                                       {.key = "b", .number = 1, .unit = "bytes"}};
    const struct profile_tag empty[] = {{.key = "a", .text = ""}, {.key = "b", .number = 0}};
    assert_int_equal(add_tagged(profile, ab, 2), 0);
    assert_int_equal(add_tagged(profile, ba, 2), 0);
    assert_int_equal(add_tagged(profile, other, 2), 1);
    assert_int_equal(add_tagged(profile, unit, 2), 2);
    assert_int_equal(add_tagged(profile, ab, 1), 3);
    assert_int_equal(add_tagged(profile, empty, 2), 4);
    assert_int_equal(add_tagged(profile, NULL, 0), 4);
    struct profile_tag many[40];
    for (uint32_t i = 0; i < 40; i++)
        many[i] = (struct profile_tag){.key = i % 2 ? "odd" : "even", .number = 40 - i};
    uint32_t index = add_tagged(profile, many, 40);
    assert_int_equal(profile->samples[index].tag_count, 40);
    assert_string_equal(profile->samples[index].tags[0].key, "even");
    assert_int_equal(profile->samples[index].tags[0].number, 2);
    profile_free(profile);
}

static void a_sum_that_is_too_large_changes_nothing(void **state) {
    (void)state;
    struct profile *profile = make_profile(0x1000);
    assert_int_equal(add(profile, 1, 0, 5, INT64_MAX), 0);
    assert_int_equal(add(profile, 1, 0, 5, 1), PROFILE_NONE);
    assert_int_equal(errno, EOVERFLOW);
    assert_int_equal(profile->samples[0].values[0], 5);
    assert_int_equal(profile_add_value_type(profile, "late", "count"), PROFILE_NONE);
    assert_int_equal(errno, EINVAL);
    profile_free(profile);
}

static void many_random_samples_equal_a_plain_recount(void **state) {
    (void)state;
    static int64_t calls[functions][functions];
    struct profile *profile = make_profile(0x1000);
    srandom(1);
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t leaf = (uint32_t)random() % functions, caller = (uint32_t)random() % functions;
        int64_t count = random() % 1000;
        calls[leaf][caller] += count;
        assert_int_not_equal(add(profile, leaf, caller, count, 0), PROFILE_NONE);
    }
    assert_int_equal(profile->sample_count, functions * functions);
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        assert_int_equal(sample->values[0], calls[sample->locations[0]][sample->locations[1]]);
    }
    profile_free(profile);
}

static void merge_adds_up_two_runs_loaded_at_different_addresses(void **state) {
    (void)state;
    struct profile *one = make_profile(0x1000), *two = make_profile(0x7f0000001000);
    add(one, 1, 0, 2, 20);
    add(one, 2, 0, 0, 0);
    add(two, 3, 1, 4, 40);
    add(two, 1, 0, 8, 80);
    one->time_ns = 500;
    two->time_ns = 300;
    one->duration_ns = two->duration_ns = 7;
    one->period = 1;
    profile_add_comment(one, "same");
    profile_add_comment(two, "same");
    profile_add_comment(two, "other");
    struct error error;
    struct profile *merged = profile_merge((const struct profile *[]){one, two}, 2, &error);
    assert_non_null(merged);
    assert_int_equal(merged->sample_count, 2);
    assert_int_equal(merged->mapping_count, 1);
    assert_int_equal(merged->function_count, 3);
    assert_int_equal(find(merged, "f1", "f0")->values[0], 10);
    assert_int_equal(find(merged, "f1", "f0")->values[1], 100);
    assert_int_equal(find(merged, "f3", "f1")->values[0], 4);
    assert_int_equal(merged->locations[find(merged, "f3", "f1")->locations[0]].address, 0x1030);
    assert_int_equal(merged->time_ns, 300);
    assert_int_equal(merged->duration_ns, 14);
    assert_int_equal(merged->period, 1);
    assert_int_equal(merged->comment_count, 2);
    profile_free(merged);
    profile_free(two);
    profile_free(one);
}

static void subtract_leaves_what_happened_between(void **state) {
    (void)state;
    struct profile *before = make_profile(0x1000), *after = make_profile(0x1000);
    add(before, 1, 0, 2, 20);
    add(before, 2, 0, 3, 30);
    add(after, 2, 0, 3, 30);
    add(after, 3, 0, 1, 10);
    add(after, 1, 0, 5, 15);
    before->time_ns = after->time_ns = 1000;
    before->duration_ns = 60;
    after->duration_ns = 100;
    struct error error;
    struct profile *difference = profile_subtract(after, before, &error);
    assert_non_null(difference);
    assert_int_equal(difference->sample_count, 2);
    assert_int_equal(find(difference, "f1", "f0")->values[0], 3);
    assert_int_equal(find(difference, "f1", "f0")->values[1], -5);
    assert_int_equal(find(difference, "f3", "f0")->values[0], 1);
    assert_int_equal(difference->time_ns, 1060);
    assert_int_equal(difference->duration_ns, 40);

    const struct profile *parts[] = {before, difference};
    struct profile *whole = profile_merge(parts, 2, &error);
    struct profile *nothing = profile_subtract(after, whole, &error);
    assert_non_null(nothing);
    assert_int_equal(nothing->sample_count, 0);
    profile_free(nothing);
    profile_free(whole);
    profile_free(difference);
    profile_free(after);
    profile_free(before);
}

static void a_count_that_fell_is_an_error_that_names_the_stack(void **state) {
    (void)state;
    struct profile *before = make_profile(0x1000), *after = make_profile(0x1000);
    add(before, 1, 0, 2, 20);
    add(before, 2, 1, 9, 30);
    add(after, 1, 0, 2, 20);
    add(after, 2, 1, 4, 30);
    struct error error;
    assert_null(profile_subtract(after, before, &error));
    assert_non_null(strstr(error.message, "calls fell by 5 at f2 < f1"));
    profile_free(after);
    profile_free(before);
}

static void profiles_of_different_types_do_not_mix(void **state) {
    (void)state;
    struct profile *one = make_profile(0x1000), *two = make_profile(0x1000);
    struct error error;
    two->period_type.name = profile_string(two, "cpu");
    assert_null(profile_subtract(one, two, &error));
    assert_non_null(strstr(error.message, "period types differ: / and cpu/"));
    two->value_types[1].unit = profile_string(two, "bytes");
    assert_null(profile_merge((const struct profile *[]){one, two}, 2, &error));
    assert_non_null(strstr(error.message, "wall/nanoseconds and wall/bytes"));
    profile_add_value_type(two, "cpu", "nanoseconds");
    assert_null(profile_subtract(one, two, &error));
    assert_non_null(strstr(error.message, "2 and 3"));
    assert_null(profile_merge(NULL, 0, &error));
    assert_string_equal(error.message, "no profiles to merge");
    profile_free(two);
    profile_free(one);
}

static void levels_may_fall_and_counters_may_not(void **state) {
    (void)state;
    assert_true(profile_value_type_is_counter(&(struct profile_value_type){"calls", "count"}));
    assert_false(
        profile_value_type_is_counter(&(struct profile_value_type){"inuse_objects", "count"}));
    assert_false(
        profile_value_type_is_counter(&(struct profile_value_type){"wall", "nanoseconds"}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_strings_are_one_pointer),
        cmocka_unit_test(equal_elements_are_one_and_others_are_not),
        cmocka_unit_test(equal_samples_add_up),
        cmocka_unit_test(tags_keep_samples_apart_in_any_order),
        cmocka_unit_test(a_sum_that_is_too_large_changes_nothing),
        cmocka_unit_test(many_random_samples_equal_a_plain_recount),
        cmocka_unit_test(merge_adds_up_two_runs_loaded_at_different_addresses),
        cmocka_unit_test(subtract_leaves_what_happened_between),
        cmocka_unit_test(a_count_that_fell_is_an_error_that_names_the_stack),
        cmocka_unit_test(profiles_of_different_types_do_not_mix),
        cmocka_unit_test(levels_may_fall_and_counters_may_not),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
