/* SPDX-License-Identifier: MIT */
/* Tests of cli/run/run_options.c and cli/run/run_profiles.c: what a run tells the recorder, and
 * which profiles it finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/run/run_options.h"
#include "cli/run/run_profiles.h"

static char *work; /* a new directory that each test begins in */

static int enter_directory(void **state) {
    static char name[64];
    (void)state;
    strcpy(name, "/tmp/cinstr-run-options.XXXXXX");
    work = mkdtemp(name);
    return work == NULL || chdir(work) != 0 ? -1 : 0;
}

static int leave_directory(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", work);
    return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

static void the_environment_is_kept_and_the_command_line_wins(void **state) {
    (void)state;
    struct run_options options;
    struct error error;
    char value[RUN_OPTIONS_SIZE];
    setenv("CINSTR_OPTIONS", "contexts=2048:output=a.pb.gz", 1);
    assert_int_equal(run_options_init(&options, &error), 0);
    assert_int_equal(run_options_add(&options, "output", "/b.pb.gz", &error), 0);
    assert_string_equal(options.text, "contexts=2048:output=a.pb.gz:output=/b.pb.gz");
    run_options_get(&options, "output", value);
    assert_string_equal(value, "/b.pb.gz");
    run_options_get(&options, "contexts", value);
    assert_string_equal(value, "2048");
    run_options_get(&options, "put", value);
    assert_string_equal(value, "");
    unsetenv("CINSTR_OPTIONS");
}

static void a_value_that_would_be_two_options_is_refused(void **state) {
    (void)state;
    struct run_options options = {""};
    struct error error;
    assert_int_equal(run_options_add(&options, "directory", "/a:help=1", &error), -1);
    assert_non_null(strstr(error.message, "':'"));
    assert_string_equal(options.text, "");
}

static void options_too_long_for_the_recorder_are_refused(void **state) {
    (void)state;
    struct run_options options = {""};
    struct error error;
    char text[RUN_OPTIONS_SIZE + 1];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(run_options_add(&options, "directory", text, &error), -1);
    setenv("CINSTR_OPTIONS", text, 1);
    assert_int_equal(run_options_init(&options, &error), -1);
    unsetenv("CINSTR_OPTIONS");
}

static void output_is_meant_from_where_the_command_runs(void **state) {
    (void)state;
    struct run_options options = {""};
    struct error error;
    char value[RUN_OPTIONS_SIZE], expected[128];
    assert_int_equal(run_options_add_file(&options, "output", "p.%p.pb.gz", &error), 0);
    run_options_get(&options, "output", value);
    snprintf(expected, sizeof(expected), "%s/p.%%p.pb.gz", work);
    assert_string_equal(value, expected);
    assert_int_equal(run_options_add_file(&options, "output", "/abs.pb.gz", &error), 0);
    run_options_get(&options, "output", value);
    assert_string_equal(value, "/abs.pb.gz");
    assert_int_equal(run_options_add_file(&options, "output", "none", &error), 0);
    run_options_get(&options, "output", value);
    assert_string_equal(value, "none");
}

static void a_directory_that_cannot_be_told_is_left_out(void **state) {
    (void)state;
    struct run_options options = {""};
    struct error error;
    char value[RUN_OPTIONS_SIZE];
    assert_int_equal(system("mkdir a:b"), 0);
    assert_int_equal(chdir("a:b"), 0);
    assert_int_equal(run_options_add_file(&options, "output", "p", &error), 0);
    run_options_get(&options, "output", value);
    assert_string_equal(value, "p");
}

static void a_percent_in_the_directory_is_no_pattern(void **state) {
    (void)state;
    struct run_options options = {""};
    struct error error;
    char value[RUN_OPTIONS_SIZE];
    assert_int_equal(system("mkdir '50%p'"), 0);
    assert_int_equal(chdir("50%p"), 0);
    assert_int_equal(run_options_add_file(&options, "output", "p", &error), 0);
    run_options_get(&options, "output", value);
    assert_non_null(strstr(value, "/50%%p/p"));
}

static char told[256];
static const char *const none[RUN_PROFILES_FILES] = {"", "", "", "", ""};

static void tell(const char *path, size_t index) {
    snprintf(told + strlen(told), sizeof(told) - strlen(told), "%zu:%s ", index, path);
}

static void only_profiles_that_are_new_or_changed_are_told(void **state) {
    (void)state;
    struct run_profiles before;
    told[0] = '\0';
    assert_int_equal(system("echo 1 >q.a.1.gz; echo 1 >q.b.2.gz; touch q.c.x.gz"), 0);
    assert_true(run_profiles_note(&before, "q.%e.%p.gz", none));
    assert_int_equal(system("echo 2 >n && mv n q.b.2.gz && echo >q.a.7.gz && echo >q.a.8.gz.part"),
                     0);
    assert_int_equal(run_profiles_new(&before, tell), 2);
    assert_string_equal(told, "0:q.a.7.gz 1:q.b.2.gz ");
    run_profiles_free(&before);
}

static void a_pattern_s_other_characters_stand_for_themselves(void **state) {
    (void)state;
    struct run_profiles before;
    told[0] = '\0';
    assert_true(run_profiles_note(&before, "[p]*%%.%p", none));
    assert_int_equal(system("touch 'p%.1' 'px%.1' '[p]*%.2'"), 0);
    assert_int_equal(run_profiles_new(&before, tell), 1);
    assert_string_equal(told, "0:[p]*%.2 ");
    run_profiles_free(&before);
}

static void profiles_of_other_names_are_told_as_well(void **state) {
    (void)state;
    static const char *const files[RUN_PROFILES_FILES] = {"", "m.gz", "", "x.%p", ""};
    struct run_profiles before;
    told[0] = '\0';
    assert_true(run_profiles_note(&before, "none", files));
    assert_int_equal(system("touch m.gz x.1 p.m.gz"), 0);
    assert_int_equal(run_profiles_new(&before, tell), 2);
    assert_string_equal(told, "0:m.gz 1:x.1 ");
    run_profiles_free(&before);
}

static void what_was_sampled_lies_beside_the_profile_and_is_told_once(void **state) {
    (void)state;
    struct run_profiles before;
    told[0] = '\0';
    assert_true(run_profiles_note(&before, "p.pb.gz", none));
    assert_int_equal(system("touch p.pb.gz p.wall.pb.gz p.cpu.pb.gz"), 0);
    assert_int_equal(run_profiles_new(&before, tell), 3);
    assert_string_equal(told, "0:p.cpu.pb.gz 1:p.pb.gz 2:p.wall.pb.gz ");
    run_profiles_free(&before);
    told[0] = '\0';
    assert_true(run_profiles_note(&before, "p.%p.pb.gz", none));
    assert_int_equal(system("touch p.1.pb.gz p.1.cpu.pb.gz"), 0);
    assert_int_equal(run_profiles_new(&before, tell), 2);
    assert_string_equal(told, "0:p.1.cpu.pb.gz 1:p.1.pb.gz ");
    run_profiles_free(&before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_is_kept_and_the_command_line_wins),
        cmocka_unit_test(a_value_that_would_be_two_options_is_refused),
        cmocka_unit_test(options_too_long_for_the_recorder_are_refused),
        cmocka_unit_test_setup_teardown(output_is_meant_from_where_the_command_runs,
                                        enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(a_directory_that_cannot_be_told_is_left_out,
                                        enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(a_percent_in_the_directory_is_no_pattern, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(only_profiles_that_are_new_or_changed_are_told,
                                        enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(what_was_sampled_lies_beside_the_profile_and_is_told_once,
                                        enter_directory, leave_directory),
        cmocka_unit_test_setup_teardown(profiles_of_other_names_are_told_as_well, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(a_pattern_s_other_characters_stand_for_themselves,
                                        enter_directory, leave_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
