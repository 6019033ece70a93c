/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree/draw.c: which calls of a place are timed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/tree/draw.h"
#include "tree_tests.h"

enum { CALLS = 4096 };
enum fate { UNSEEN, WARM, TIMED };

/* What happens to each of CALLS calls, all at one level. Returns how many are looked at. */
static unsigned make_calls(enum fate *fates, uint32_t shift, uint32_t *random) {
    struct draw draw = {0};
    int64_t left = draw_begin(&draw, shift, random);
    unsigned looked = 0;

    for (unsigned i = 0; i < CALLS; i++) {
        fates[i] = UNSEEN;
        if (--left >= 0)
            continue;
        looked++;
        fates[i] = draw_is_timed(&draw) ? TIMED : WARM;
        left = draw_next(&draw, shift, random);
    }
    return looked;
}

static void of_each_block_one_group_is_timed(void **state) {
    enum fate fates[CALLS];
    uint32_t random = 1;
    (void)state;
    for (uint32_t shift = 0; shift <= 5; shift++) {
        const unsigned length = DRAW_GROUP << shift;
        make_calls(fates, shift, &random);
        for (unsigned block = 0; (block + 1) * length <= CALLS; block++) {
            unsigned timed = 0;
            for (unsigned i = 0; i < length; i++)
                timed += fates[block * length + i] == TIMED;
            assert_int_equal(timed, DRAW_GROUP);
        }
    }
}

static void before_what_is_timed_a_call_is_looked_at(void **state) {
    enum fate fates[CALLS];
    uint32_t random = 7;
    (void)state;
    for (uint32_t shift = 0; shift <= 5; shift++) {
        make_calls(fates, shift, &random);
        for (unsigned i = 1; i < CALLS; i++) {
            if (fates[i] == TIMED)
                assert_int_not_equal(fates[i - 1], UNSEEN);
            if (fates[i] == WARM && i + 1 < CALLS)
                assert_int_equal(fates[i + 1], TIMED);
        }
    }
}

/* Of 65,536 runs some 8,192 time a call at shift 3, give or take 85: five times that is allowed. */
static void each_call_of_a_block_is_timed_as_often_as_any_other(void **state) {
    enum { RUNS = 65536, SHIFT = 3, LENGTH = DRAW_GROUP << SHIFT };
    static unsigned timed[LENGTH];
    static enum fate fates[CALLS];
    uint32_t random = 42;
    (void)state;
    for (unsigned run = 0; run < RUNS / 128; run++) {
        make_calls(fates, SHIFT, &random);
        for (unsigned i = 0; i < 128 * LENGTH; i++)
            timed[i % LENGTH] += fates[i] == TIMED;
    }
    for (unsigned i = 0; i < LENGTH; i++)
        assert_in_range(timed[i], RUNS / 8 - 5 * 85, RUNS / 8 + 5 * 85);
}

static void a_level_changes_with_the_next_block(void **state) {
    struct draw draw = {0};
    uint32_t random = 3;
    unsigned timed = 0;
    (void)state;
    int64_t left = draw_begin(&draw, 5, &random);
    for (unsigned i = 0; i < (DRAW_GROUP << 5) + DRAW_GROUP * 10; i++) {
        if (--left >= 0)
            continue;
        timed += draw_is_timed(&draw);
        left = draw_next(&draw, 0, &random); /* all, from the next block on */
    }
    assert_int_equal(timed, DRAW_GROUP + DRAW_GROUP * 10);
}

static void equal_durations_vary_by_nothing_but_the_first_group(void **state) {
    struct draw draw = {0};
    uint64_t sum = 0;
    (void)state;
    for (unsigned i = 0; i < DRAW_GROUP; i++)
        sum += draw_add(&draw, 100, 2);
    assert_int_equal(sum, (16 - 4) * 300 * 300);
    for (unsigned i = 0; i < 100 * DRAW_GROUP; i++)
        assert_int_equal(draw_add(&draw, 100, 2), 0);
}

static void a_long_duration_makes_the_variance_what_one_of_so_many_has(void **state) {
    struct draw draw = {0};
    uint64_t sum = 0;
    (void)state;
    for (unsigned i = 0; i < 30; i++)
        draw_add(&draw, 0, 3);
    for (unsigned i = 0; i < 30; i++)
        sum += draw_add(&draw, i == 10 ? 1000 : 0, 3);
    assert_in_range(sum, (64 - 8) * 998 * 998, (64 - 8) * 1000 * 1000);
    for (unsigned i = 0; i < DRAW_GROUP; i++)
        sum = draw_add(&draw, UINT64_MAX / 4, 5);
    assert_true(sum > UINT64_MAX / 4); /* as large as it can be said, and not wrapped round */
}

int run_draw_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_each_block_one_group_is_timed),
        cmocka_unit_test(before_what_is_timed_a_call_is_looked_at),
        cmocka_unit_test(each_call_of_a_block_is_timed_as_often_as_any_other),
        cmocka_unit_test(a_level_changes_with_the_next_block),
        cmocka_unit_test(equal_durations_vary_by_nothing_but_the_first_group),
        cmocka_unit_test(a_long_duration_makes_the_variance_what_one_of_so_many_has),
    };
    return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
