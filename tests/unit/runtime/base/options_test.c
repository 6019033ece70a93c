/* SPDX-License-Identifier: MIT */
/* Tests of runtime/base/options.c: each option in CINSTR_OPTIONS is read, or one line says what is
 * wrong and the option changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <cinstr/segment.h>

#include "base_tests.h"
#include "runtime/base/options.h"
#include "said.h"

static struct options defaults;

static int read_defaults(void **state) {
    (void)state;
    options_read(NULL);
    defaults = options;
    return 0;
}

/* The messages that reading `text` prints. */
static const char *read_new(const char *text) {
    said_begin();
    options_read(text);
    return said_end();
}

static void assert_unchanged(void) {
    assert_memory_equal(&options, &defaults, sizeof(options));
}

static void without_options_there_are_the_documented_defaults(void **state) {
    (void)state;
    assert_string_equal(read_new(NULL), "");
    assert_unchanged();
    assert_string_equal(options.output, "cinstr.%e.%p.pb.gz");
    assert_int_equal(options.contexts, 262144);
    assert_int_equal(options.timing, SEGMENT_TIMING_EXACT);
    assert_true(options.cpu && options.start);
    assert_true(!options.histogram && options.sample == 0 && options.heap == 0 && !options.mutex);
    assert_string_equal(read_new(""), "");
    assert_unchanged();
}

static void each_option_sets_what_it_says(void **state) {
    (void)state;
    assert_string_equal(
        read_new("output=a.gz:directory=/d:contexts=1024:timing=adaptive:cpu=0:histogram=1:"
                 "sample=97:sample_clock=wall:heap=4096:block=io:mutex=1:trace=t:start=0"),
        "");
    assert_string_equal(options.output, "a.gz");
    assert_string_equal(options.directory, "/d");
    assert_int_equal(options.contexts, 1024);
    assert_int_equal(options.timing, SEGMENT_TIMING_ADAPTIVE);
    assert_true(!options.cpu && options.histogram && options.sample_clock == SAMPLE_CLOCK_WALL &&
                options.mutex);
    assert_int_equal(options.sample, 97);
    assert_int_equal(options.heap, 4096);
    assert_int_equal(options.block, BLOCK_IO);
    assert_string_equal(options.trace, "t");
    assert_false(options.start);
    assert_string_equal(read_new("trace_ring=16"), "");
    assert_int_equal(options.trace_ring, 16);
}

static void the_last_of_a_name_counts(void **state) {
    (void)state;
    assert_string_equal(read_new("histogram=1:contexts=2048::histogram=0:contexts=4096:"), "");
    assert_false(options.histogram);
    assert_int_equal(options.contexts, 4096);
}

static void some_options_need_no_number(void **state) {
    (void)state;
    assert_string_equal(read_new("sample:heap"), "");
    assert_int_equal(options.sample, 100);
    assert_int_equal(options.heap, 524288);
    assert_string_equal(read_new("sample=:heap=exact"), "");
    assert_int_equal(options.sample, 100);
    assert_int_equal(options.heap, 1);
    assert_string_equal(read_new("sample=0:heap=0"), "");
    assert_int_equal(options.sample + options.heap, 0);
}

static void a_bad_value_is_said_in_one_line_and_changes_nothing(void **state) {
    static const char *const bad[] = {
        "contexts=1023",  "contexts=16777217", "contexts=",       "contexts=2048x",
        "contexts=-2048", "timing=fast",       "timing=",         "cpu=2",
        "cpu=",           "cpu=yes",           "histogram=01",    "sample=10001",
        "sample=-1",      "sample=9z",         "sample_clock=me", "heap=1099511627777",
        "heap=one",       "block=2",           "block=",          "mutex=io",
        "trace_ring=0",   "trace_ring=513",    "trace_ring=",     "output=",
        "directory=",     "start=2",           "help=x",          "contexts=99999999999999999999",
        "memprofile=",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *heard = read_new(bad[i]);
        char name[32];
        snprintf(name, sizeof(name), "%.*s=", (int)strcspn(bad[i], "="), bad[i]);
        if (said_lines(heard) != 1 || strstr(heard, name) == NULL ||
            strstr(heard, "bad value") == NULL)
            fail_msg("'%s' is said to be: %s", bad[i], heard);
        assert_unchanged();
    }
}

static void an_unknown_option_is_said_with_those_that_there_are(void **state) {
    (void)state;
    const char *heard = read_new("histograms=1");
    assert_int_equal(said_lines(heard), 1);
    assert_non_null(strstr(heard, "'histograms'"));
    assert_non_null(strstr(heard, "histogram"));
    assert_non_null(strstr(heard, "mutexprofile"));
    assert_unchanged();
}

static void what_is_right_is_taken_beside_what_is_wrong(void **state) {
    (void)state;
    assert_int_equal(said_lines(read_new("bogus=1:contexts=4096:cpu=7:histogram=1")), 2);
    assert_int_equal(options.contexts, 4096);
    assert_true(options.histogram && options.cpu);
}

static void a_text_that_fills_its_place_is_taken_and_a_longer_one_refused(void **state) {
    char text[sizeof(options.directory) + 32] = "directory=";
    char *value = text + strlen(text);
    (void)state;
    memset(value, 'd', sizeof(options.directory) - 1);
    assert_string_equal(read_new(text), "");
    assert_string_equal(options.directory, value);
    value[sizeof(options.directory) - 1] = 'd';
    assert_int_equal(said_lines(read_new(text)), 1);
    assert_unchanged();
}

static void more_than_can_be_read_is_ignored_as_a_whole(void **state) {
    char text[4096] = "histogram=1:";
    (void)state;
    memset(text + strlen(text), ':', sizeof(text) - strlen(text) - 1);
    assert_int_equal(said_lines(read_new(text)), 1);
    assert_unchanged();
}

static void an_address_keeps_its_colons(void **state) {
    (void)state;
    assert_string_equal(read_new("http=localhost:6060:contexts=2048"), "");
    assert_string_equal(options.http, "localhost:6060");
    assert_int_equal(options.contexts, 2048);
    assert_string_equal(read_new("http=:6060"), "");
    assert_string_equal(options.http, ":6060");
    assert_string_equal(read_new("cpu=0:http=unix:/tmp/a:b:histogram=1"), "");
    assert_string_equal(options.http, "unix:/tmp/a:b");
    assert_true(options.histogram);
}

static void the_name_of_a_profile_asks_for_the_profile(void **state) {
    (void)state;
    assert_string_equal(read_new("cpuprofile=c:memprofile=m:blockprofile=b:mutexprofile=x"), "");
    assert_int_equal(options.sample, 100);
    assert_int_equal(options.heap, 1);
    assert_int_equal(options.block, BLOCK_LOCKS);
    assert_true(options.mutex);
    assert_string_equal(
        read_new("sample=7:heap=64:block=io:cpuprofile=c:memprofile=m:blockprofile=b"), "");
    assert_int_equal(options.sample, 7);
    assert_int_equal(options.heap, 64);
    assert_int_equal(options.block, BLOCK_IO);
}

static void who_serves_profiles_samples_unless_told_not_to(void **state) {
    (void)state;
    read_new("http=:0");
    assert_int_equal(options.sample, 100);
    read_new("http=:0:sample=0");
    assert_int_equal(options.sample, 0);
    read_new("http=none");
    assert_int_equal(options.sample, 0);
}

static void two_kinds_of_trace_are_said_to_exclude_each_other(void **state) {
    (void)state;
    assert_int_equal(said_lines(read_new("trace=t:trace_ring=4")), 1);
}

static void help_lists_each_option_in_a_line_of_its_own(void **state) {
    static const char *const names[] = {
        "output=", "directory=", "contexts=", "timing=", "trace_ring=", "mutexprofile=", "help="};
    (void)state;
    const char *heard = read_new("help=1");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "\ncinstr:   %s", names[i]);
        assert_non_null(strstr(heard, line));
    }
}

/* --- names of files --------------------------------------------------------------------------- */

static void a_pattern_is_filled_in(void **state) {
    char text[128], expected[128], host[65] = "";
    (void)state;
    gethostname(host, sizeof(host) - 1);
    assert_true(options_expand("a.%e.%p.%h.100%%", "prog", text, sizeof(text)));
    snprintf(expected, sizeof(expected), "a.prog.%d.%s.100%%", (int)getpid(), host);
    assert_string_equal(text, expected);
}

static void a_pattern_that_is_unknown_or_too_long_is_said(void **state) {
    static const char *const bad[] = {"%q", "a%", "%e%e"};
    char text[8];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        said_begin();
        assert_false(options_expand(bad[i], "prog", text, sizeof(text)));
        assert_int_equal(said_lines(said_end()), 1);
    }
}

int run_options_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_there_are_the_documented_defaults),
        cmocka_unit_test(each_option_sets_what_it_says),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(some_options_need_no_number),
        cmocka_unit_test(a_bad_value_is_said_in_one_line_and_changes_nothing),
        cmocka_unit_test(an_unknown_option_is_said_with_those_that_there_are),
        cmocka_unit_test(what_is_right_is_taken_beside_what_is_wrong),
        cmocka_unit_test(a_text_that_fills_its_place_is_taken_and_a_longer_one_refused),
        cmocka_unit_test(more_than_can_be_read_is_ignored_as_a_whole),
        cmocka_unit_test(an_address_keeps_its_colons),
        cmocka_unit_test(the_name_of_a_profile_asks_for_the_profile),
        cmocka_unit_test(who_serves_profiles_samples_unless_told_not_to),
        cmocka_unit_test(two_kinds_of_trace_are_said_to_exclude_each_other),
        cmocka_unit_test(help_lists_each_option_in_a_line_of_its_own),
        cmocka_unit_test(a_pattern_is_filled_in),
        cmocka_unit_test(a_pattern_that_is_unknown_or_too_long_is_said),
    };
    return cmocka_run_group_tests_name("options", tests, read_defaults, NULL);
}
