/* SPDX-License-Identifier: MIT */
/* Tests of reader/symbols/symbols_intervals.c: the innermost range is what trying them all finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reader/symbols/symbols_intervals.h"

static void check_chain(const struct intervals *intervals, uint64_t address,
                        const uint32_t *expected, size_t count) {
    const struct interval *at = intervals_innermost(intervals, address);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(at);
        assert_int_equal(at->value, expected[i]);
        at = intervals_outer(intervals, at, address);
    }
    assert_null(at);
}

static void ranges_are_found_from_the_innermost_outwards(void **state) {
    (void)state;
    struct intervals intervals = {NULL, 0, 0};
    intervals_add(&intervals, 40, 50, 4);
    intervals_add(&intervals, 10, 100, 1);
    intervals_add(&intervals, 20, 30, 2);
    intervals_add(&intervals, 40, 60, 3);
    intervals_add(&intervals, 40, 50, 5); /* as large as 4: the later is the inner */
    intervals_add(&intervals, 70, 70, 6); /* empty */
    intervals_add(&intervals, UINT64_MAX - 1, UINT64_MAX, 7);
    intervals_sort(&intervals);
    check_chain(&intervals, 9, NULL, 0);
    check_chain(&intervals, 10, (uint32_t[]){1}, 1);
    check_chain(&intervals, 29, (uint32_t[]){2, 1}, 2);
    check_chain(&intervals, 30, (uint32_t[]){1}, 1);
    check_chain(&intervals, 45, (uint32_t[]){5, 4, 3, 1}, 4);
    check_chain(&intervals, 55, (uint32_t[]){3, 1}, 2);
    check_chain(&intervals, 70, (uint32_t[]){1}, 1);
    check_chain(&intervals, 100, NULL, 0);
    check_chain(&intervals, UINT64_MAX - 1, (uint32_t[]){7}, 1);
    check_chain(&intervals, UINT64_MAX, NULL, 0);
    intervals_free(&intervals);
}

static void none_are_found_among_none(void **state) {
    (void)state;
    struct intervals intervals = {NULL, 0, 0};
    intervals_sort(&intervals);
    check_chain(&intervals, 0, NULL, 0);
    intervals_free(&intervals);
}

/* Even of ranges that only overlap, those found hold the address, and one is found if any does. */
static void any_ranges_at_all_are_searched_soundly(void **state) {
    (void)state;
    srand(1);
    for (int round = 0; round < 300; round++) {
        struct intervals intervals = {NULL, 0, 0};
        for (int i = rand() % 40; i >= 0; i--) {
            uint64_t start = (uint64_t)rand() % 60;
            intervals_add(&intervals, start, start + (uint64_t)rand() % 30, (uint32_t)i);
        }
        intervals_sort(&intervals);
        for (uint64_t address = 0; address < 100; address++) {
            uint32_t holding = 0, found = 0;
            for (uint32_t i = 0; i < intervals.count; i++)
                holding +=
                    intervals.items[i].start <= address && address < intervals.items[i].limit;
            const struct interval *at = intervals_innermost(&intervals, address);
            for (; at != NULL; at = intervals_outer(&intervals, at, address), found++)
                assert_true(at->start <= address && address < at->limit);
            assert_true(found <= holding && (found > 0 || holding == 0));
        }
        intervals_free(&intervals);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_found_from_the_innermost_outwards),
        cmocka_unit_test(none_are_found_among_none),
        cmocka_unit_test(any_ranges_at_all_are_searched_soundly),
    };
    return cmocka_run_group_tests_name("symbols_intervals", tests, NULL, NULL);
}
