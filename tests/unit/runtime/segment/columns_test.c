/* SPDX-License-Identifier: MIT */
/* Tests of runtime/segment/columns.c: the values of two nodes combine as their column says, and a
 * reset clears all but the gauges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/segment/columns.h"
#include "segment_tests.h"

enum { ONE = 70, OTHER = 80 }; /* nodes of one block */

static int make(void **state) {
    (void)state;
    return recorder_make_segment("histogram=1:heap=exact") == 0 && segment_take_block() == 1 ? 0
                                                                                             : -1;
}

static uint64_t *value(const char *column, uint32_t node) {
    return (uint64_t *)segment_column(column) + node;
}

static uint32_t *bucket(uint32_t node, uint32_t index) {
    return &segment.histogram[node * SEGMENT_HISTOGRAM_BUCKETS + index];
}

static void set_values(uint32_t node, uint64_t number) {
    *value("unwinds", node) = *value("min", node) = *value("max", node) = number;
    *value("inuse_space", node) = number;
    *bucket(node, 3) = (uint32_t)number;
}

static void sums_are_added_and_extremes_kept(void **state) {
    (void)state;
    set_values(ONE, 5);
    set_values(OTHER, 7);
    columns_add(ONE, OTHER);
    assert_int_equal(*value("unwinds", ONE), 12);
    assert_int_equal(*value("inuse_space", ONE), 12);
    assert_int_equal(*value("min", ONE), 5);
    assert_int_equal(*value("max", ONE), 7);
    assert_int_equal(*bucket(ONE, 3), 12);
    assert_int_equal(*bucket(ONE, 2) + *bucket(ONE, 4), 0);
    assert_int_equal(*value("unwinds", OTHER), 7);
}

static void no_value_yet_is_no_minimum(void **state) {
    (void)state;
    set_values(ONE, 5);
    columns_add(ONE, OTHER);
    assert_int_equal(*value("min", ONE), 5);
    columns_add(OTHER, ONE);
    assert_int_equal(*value("min", OTHER), 5);
}

static void a_full_bucket_stays_full(void **state) {
    (void)state;
    *bucket(ONE, 0) = UINT32_MAX - 1;
    *bucket(OTHER, 0) = 2;
    columns_add(ONE, OTHER);
    assert_int_equal(*bucket(ONE, 0), UINT32_MAX);
}

static void a_reset_leaves_what_is_there_now(void **state) {
    (void)state;
    set_values(ONE, 5);
    set_values(OTHER, 7);
    columns_clear(ONE);
    assert_int_equal(*value("unwinds", ONE) + *value("min", ONE) + *value("max", ONE), 0);
    assert_int_equal(*bucket(ONE, 3), 0);
    assert_int_equal(*value("inuse_space", ONE), 5);
    assert_int_equal(*value("unwinds", OTHER), 7);
}

#define SEGMENT_TEST(name) cmocka_unit_test_setup_teardown(name, make, recorder_remove_segment)

int run_columns_tests(void) {
    const struct CMUnitTest tests[] = {
        SEGMENT_TEST(sums_are_added_and_extremes_kept),
        SEGMENT_TEST(no_value_yet_is_no_minimum),
        SEGMENT_TEST(a_full_bucket_stays_full),
        SEGMENT_TEST(a_reset_leaves_what_is_there_now),
    };
    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
