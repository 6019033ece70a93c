/* SPDX-License-Identifier: MIT */
/* Tests of how reports show the accuracy of their numbers: grades, digits, errors in every format;
 * the notes above and below a table. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/report.h"
#include "page/report_data.h"
#include "reader/analysis/analysis.h"
#include "reader/base/doubt.h"
#include "reader/profile/profile.h"

#define MS INT64_C(1000000)

static uint32_t location(struct profile *profile, const char *name) {
    const struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name})};
    return profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                    .address = 1 + line.function,
                                                                    .line_count = 1,
                                                                    .lines = (void *)&line});
}

/* A stack of one function, or of two with its caller. */
static void add(struct profile *profile, const char *name, const char *caller, int64_t *values) {
    uint32_t stack[2] = {location(profile, name)};
    if (caller != NULL)
        stack[1] = location(profile, caller);
    assert_int_not_equal(
        profile_add_sample(profile, &(struct profile_sample){.depth = caller == NULL ? 1 : 2,
                                                             .locations = stack,
                                                             .values = values}),
        PROFILE_NONE);
}

/* Standard errors are such that 1.96 of them are 1, 10, 50 and 200 % of the times. */
static struct profile *doubtful_profile(void) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "overhead", "nanoseconds");
    profile_add_value_type(profile, "wall_error", "nanoseconds");
    add(profile, "sharp", NULL, (int64_t[]){10, 400 * MS, 0, 400 * MS / 196});
    add(profile, "fair", NULL, (int64_t[]){7, 300 * MS, 0, 30 * MS * 100 / 196});
    add(profile, "vague", NULL, (int64_t[]){3, 200 * MS, 0, 100 * MS * 100 / 196});
    add(profile, "lost", NULL, (int64_t[]){1, 100 * MS, 0, 200 * MS * 100 / 196});
    add(profile, "zero", NULL, (int64_t[]){2, 0, 0, 4 * MS});
    add(profile, "counted", NULL, (int64_t[]){5, 0, 0, 0});
    return profile;
}

/* The caller frees it. */
static char *printed(const struct profile *profile, const struct report_format *format,
                     struct report_options options, const char *value) {
    struct error error;
    char *text = NULL;
    size_t size;
    struct analysis *analysis =
        analysis_new(profile, &(struct analysis_options){.value = value}, &error);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(analysis);
    assert_non_null(out);
    assert_int_equal(format->functions(out, analysis, &options, &error), 0);
    fclose(out);
    analysis_free(analysis);
    return text;
}

static void assert_lines(char *text, const char *const *lines) {
    for (const char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        assert_string_equal(line, *lines++);
    assert_null(*lines);
    free(text);
}

#define LEGEND "A: known to within 5 %, B: 20 %, C: worse, -: not known (95 % intervals)"

static void each_time_has_its_grade_and_no_digit_more_than_is_known(void **state) {
    struct profile *profile = doubtful_profile();
    (void)state;
    profile->default_value_type = profile_string(profile, "wall");
    assert_lines(
        printed(profile, &report_text, (struct report_options){0}, NULL),
        (const char *const[]){
            "wall      1.0 s (660 ms to 1.3 s, 95 %); 28 calls in 6 contexts",
            "       self    share       total    share           calls    per call  function",
            "     400 ms A  40.0%      400 ms A  40.0%              10     40.0 ms  sharp",
            "     300 ms B    30%      300 ms B    30%               7       43 ms  fair",
            "     200 ms C    20%      200 ms C    20%               3       67 ms  vague",
            "     100 ms -    10%      100 ms -    10%               1      100 ms  lost",
            "          0 -   0.0%           0 -   0.0%               5           0  counted",
            "      <8 ms -   0.0%       <8 ms -   0.0%               2       <4 ms  zero",
            LEGEND,
            "--value shows overhead",
            NULL,
        });
    profile_free(profile);
}

static void csv_has_errors_and_grades_in_its_last_columns(void **state) {
    struct profile *profile = doubtful_profile();
    (void)state;
    assert_lines(printed(profile, &report_csv, (struct report_options){.limit = 2}, "wall"),
                 (const char *const[]){
                     "function,calls,self_ns,total_ns,self_overhead_ns,total_overhead_ns,"
                     "self_wall_error_ns,total_wall_error_ns,file,line,"
                     "self_error_ns,self_grade,total_error_ns,total_grade",
                     "sharp,10,400000000,400000000,0,0,2040816,2040816,,0,2040816,A,2040816,A",
                     "fair,7,300000000,300000000,0,0,15306122,15306122,,0,15306122,B,15306122,B",
                     NULL,
                 });
    profile_free(profile);
}

static void json_has_one_standard_error_or_null_and_the_grade(void **state) {
    struct profile *profile = doubtful_profile();
    char *text = printed(profile, &report_json, (struct report_options){0}, "wall");
    json_t *document = json_loads(text, 0, NULL);
    const json_t *rows = json_object_get(document, "functions");
    (void)state;
    assert_non_null(document);
    const json_t *sharp = json_array_get(rows, 0), *counted = json_array_get(rows, 4);
    assert_string_equal(json_string_value(json_object_get(sharp, "self_grade")), "A");
    assert_int_equal(json_integer_value(json_object_get(sharp, "total_error_ns")), 2040816);
    assert_string_equal(json_string_value(json_object_get(counted, "function")), "counted");
    assert_string_equal(json_string_value(json_object_get(counted, "total_grade")), "-");
    assert_true(json_is_null(json_object_get(counted, "self_error_ns")));
    assert_true(json_is_integer(json_object_get(document, "sum_error_ns")));
    json_decref(document);
    free(text);
    profile_free(profile);
}

/* The error of a probe's cost is the same in all contexts; which calls were timed is chance in
 * each. */
static void errors_of_contexts_add_up_and_chance_does_so_by_its_squares(void **state) {
    struct profile *profile = profile_new();
    struct error error;
    (void)state;
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile_add_value_type(profile, "cpu_error", "nanoseconds");
    profile_add_value_type(profile, "variance", "microseconds2");
    add(profile, "f", NULL, (int64_t[]){1, 100000, 3000, 16});
    add(profile, "f", "g", (int64_t[]){1, 100000, 1000, 16});
    add(profile, "f", "h", (int64_t[]){1, 100000, 2000, 32});
    struct analysis *analysis =
        analysis_new(profile, &(struct analysis_options){.value = "cpu"}, &error);
    assert_non_null(analysis);
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, "f") == 0)
            assert_float_equal(analysis_error(analysis, &analysis->function_sums, i, true), 10000,
                               1);
    }
    analysis_free(analysis);
    profile_free(profile);
}

static void sampled_times_are_known_as_well_as_so_many_samples_tell(void **state) {
    struct profile *profile = profile_new();
    (void)state;
    profile_add_value_type(profile, "samples", "count");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    add(profile, "often", NULL, (int64_t[]){400, 4000 * MS});
    add(profile, "once", NULL, (int64_t[]){1, 10 * MS});
    assert_lines(
        printed(profile, &report_text, (struct report_options){0}, "cpu"),
        (const char *const[]){
            "cpu       4.0 s (3.6 s to 4.4 s, 95 %); 401 samples in 2 contexts",
            "       self    share       total    share         samples    per call  function",
            "      4.0 s B   100%       4.0 s B   100%             400       10 ms  often",
            "      10 ms -   0.2%       10 ms -   0.2%               1       10 ms  once",
            LEGEND,
            NULL,
        });
    profile_free(profile);
}

/* --- notes above and below the table ---------------------------------------------------------- */

static struct profile *talkative_profile(void) {
    struct profile *profile = doubtful_profile();
    profile->time_ns = 1;
    profile_add_comment(profile, "cinstr 1.0: exact counts and times");
    profile_add_comment(profile, "time: 2.0 s measured - 1.0 s of probes = 1.0 s, between 0.9 and "
                                 "1.1 (95 %)");
    profile_add_comment(profile, "warning: first");
    profile_add_comment(profile, "contexts: budget 7");
    profile_add_comment(profile, "warning: second");
    profile_add_comment(profile, "warning: third");
    return profile;
}

static void at_most_two_lines_are_above_a_table_the_sum_and_a_warning(void **state) {
    struct profile *profile = talkative_profile();
    char *text = printed(profile, &report_text, (struct report_options){0}, "wall");
    (void)state;
    *strstr(text, "\n\n") = '\0';
    assert_string_equal(
        text, "wall      1.0 s (900 ms to 1.1 s in a plain build, 95 %); 28 calls in 6 contexts\n"
              "warning   first (2 more warnings: --verbose)");
    free(text);
    profile_free(profile);
}

static void verbose_shows_all_that_a_profile_says_of_itself(void **state) {
    struct profile *profile = talkative_profile();
    const struct report_options verbose = {.verbose = true};
    char *text = printed(profile, &report_text, verbose, "wall");
    (void)state;
    assert_non_null(strstr(text, "recorded  "));
    assert_non_null(strstr(text, "\nwarning   first\nwarning   second\nwarning   third\n"
                                 "note      cinstr 1.0: exact counts and times\n"));
    assert_non_null(strstr(text, "\nnote      contexts: budget 7\n"));
    free(text);
    profile_free(profile);
}

static void a_program_with_threads_is_shown_by_cpu_time_and_how_to_see_wall_is_said(void **state) {
    struct profile *profile = profile_new();
    char *text;
    (void)state;
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "cpu", "nanoseconds");
    profile->default_value_type = profile_string(profile, "cpu");
    add(profile, "f", NULL, (int64_t[]){2, 70, 30});
    text = printed(profile, &report_text, (struct report_options){0}, NULL);
    assert_non_null(strstr(text, "cpu       30 ns; 2 calls in 1 context\n"));
    assert_non_null(strstr(text, "--value wall shows wall time"));
    assert_null(strstr(text, "known to within")); /* of what is not known, nothing is said */
    free(text);
    profile_free(profile);
}

static void what_is_left_out_is_counted_in_good_english(void **state) {
    struct profile *profile = doubtful_profile();
    char *text = printed(profile, &report_text, (struct report_options){.limit = 5}, NULL);
    (void)state;
    assert_non_null(strstr(text, "\n1 more function; --limit 0 shows all\n"));
    free(text);
    text = printed(profile, &report_text, (struct report_options){.limit = 4}, NULL);
    assert_non_null(strstr(text, "\n2 more functions; --limit 0 shows all\n"));
    free(text);
    profile_free(profile);
}

static void grades_are_of_two_standard_errors(void **state) {
    (void)state;
    assert_int_equal(doubt_grade(100, 0), 'A');
    assert_int_equal(doubt_grade(100, 5 / DOUBT_95), 'A');
    assert_int_equal(doubt_grade(100, 5.1 / DOUBT_95), 'B');
    assert_int_equal(doubt_grade(100, 19.9 / DOUBT_95), 'B');
    assert_int_equal(doubt_grade(100, 20.1 / DOUBT_95), 'C');
    assert_int_equal(doubt_grade(100, 99 / DOUBT_95), 'C');
    assert_int_equal(doubt_grade(100, 101 / DOUBT_95), '-');
    assert_int_equal(doubt_grade(100, -1), '-');
    assert_int_equal(doubt_grade(0, 0), '-');
    assert_int_equal(doubt_digits(100, -1), 4);
    assert_int_equal(doubt_digits(100, 20 / DOUBT_95), 2);
    assert_int_equal(doubt_digits(0, 1), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grades_are_of_two_standard_errors),
        cmocka_unit_test(each_time_has_its_grade_and_no_digit_more_than_is_known),
        cmocka_unit_test(csv_has_errors_and_grades_in_its_last_columns),
        cmocka_unit_test(json_has_one_standard_error_or_null_and_the_grade),
        cmocka_unit_test(errors_of_contexts_add_up_and_chance_does_so_by_its_squares),
        cmocka_unit_test(sampled_times_are_known_as_well_as_so_many_samples_tell),
        cmocka_unit_test(at_most_two_lines_are_above_a_table_the_sum_and_a_warning),
        cmocka_unit_test(verbose_shows_all_that_a_profile_says_of_itself),
        cmocka_unit_test(a_program_with_threads_is_shown_by_cpu_time_and_how_to_see_wall_is_said),
        cmocka_unit_test(what_is_left_out_is_counted_in_good_english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
