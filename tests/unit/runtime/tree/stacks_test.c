/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree/stacks.c: where a stack begins and ends, told by an address in it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "runtime/base/page.h"
#include "runtime/tree/stacks.h"
#include "tree_tests.h"

static int init(void **state) {
    (void)state;
    stacks_init();
    return stacks_are_there() ? 0 : -1;
}

/* --- stacks that were named ------------------------------------------------------------------- */

static const uintptr_t far = UINT64_C(0x7000000000);

static void a_named_stack_is_found_by_each_stack_pointer_in_it_and_no_other(void **state) {
    const uintptr_t low = far + 0x1230, high = low + 200000;
    (void)state;
    assert_null(stacks_find(high));
    stacks_add(low, high);
    const struct stack *stack = stacks_find(high);
    assert_non_null(stack);
    assert_true(stack->low == low && stack->high == high);
    for (uintptr_t sp = high; sp > low; sp -= 4099)
        assert_ptr_equal(stacks_find(sp), stack);
    assert_ptr_equal(stacks_find(low + 1), stack);
    assert_null(stacks_find(low));
    assert_null(stacks_find(high + 1));
    assert_false(stack_has_lane(stack));
}

static void stacks_side_by_side_are_told_apart(void **state) {
    enum { SIZE = 24 * 1024, COUNT = 500 };
    const uintptr_t start = far + (UINT64_C(1) << 30);
    (void)state;
    for (uintptr_t i = 0; i < COUNT; i++)
        stacks_add(start + i * SIZE, start + (i + 1) * SIZE);
    for (uintptr_t i = 0; i < COUNT; i++) {
        assert_int_equal(stacks_find(start + i * SIZE + 1)->low, start + i * SIZE);
        assert_int_equal(stacks_find(start + (i + 1) * SIZE)->low, start + i * SIZE);
    }
}

static void memory_that_is_named_again_has_its_new_bounds(void **state) {
    const uintptr_t low = far + (UINT64_C(2) << 30);
    (void)state;
    stacks_add(low, low + 65536);
    stacks_add(low + 8192, low + 65536);
    assert_null(stacks_find(low + 8192));
    assert_int_equal(stacks_find(low + 8193)->low, low + 8192);
}

static void stacks_within_a_lane_s_are_gone_with_the_frames_that_held_them(void **state) {
    struct segment_frame frame = {.sp = far + (UINT64_C(3) << 30)};
    const struct lane lane = {.high = frame.sp + 65536, .bound = 131072, .top = &frame};
    (void)state;
    assert_false(stacks_are_in(&lane));
    stacks_add(frame.sp + 4096, frame.sp + 8192);
    stacks_find(frame.sp + 8192)->is_owned = true;
    assert_true(stacks_are_in(&lane));
    stacks_forget(&lane, frame.sp);
    assert_true(stacks_are_in(&lane));
    frame.sp += 16384; /* the call whose frame held it has returned */
    stacks_forget(&lane, 0);
    assert_false(stacks_are_in(&lane));
    stacks_add(frame.sp - 8192, frame.sp - 4096);
    stacks_forget(&lane, frame.sp - 8192);
    assert_true(stacks_are_in(&lane));
    stacks_forget(&lane, frame.sp - 4096);
    assert_false(stacks_are_in(&lane));
}

/* Where it is in use, which is near its top. */
static void a_huge_stack_is_found_by_its_top(void **state) {
    const uintptr_t low = far + (UINT64_C(4) << 30), high = low + (UINT64_C(1) << 30);
    (void)state;
    stacks_add(low, high);
    assert_non_null(stacks_find(high - 1));
    assert_non_null(stacks_find(high - (UINT64_C(32) << 20)));
}

/* --- the thread's own ------------------------------------------------------------------------- */

static bool own_stack_holds_its_variables(void) {
    uintptr_t low, high;
    char here;
    const uintptr_t sp = (uintptr_t)&here & ~(uintptr_t)15;
    return stack_of_thread(sp, &low, &high) && low <= sp && sp < high &&
           !stack_of_thread((uintptr_t)&init, &low, &high);
}

static void *in_thread(void *holds) {
    *(bool *)holds = own_stack_holds_its_variables();
    return NULL;
}

static void a_thread_s_own_stack_holds_its_variables(void **state) {
    pthread_t thread;
    bool holds = false;
    (void)state;
    assert_true(own_stack_holds_its_variables());
    assert_int_equal(pthread_create(&thread, NULL, in_thread, &holds), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(holds);
}

/* --- memory that is there --------------------------------------------------------------------- */

/* Pages 0 to 15, of which page 4 cannot be read. */
static char *map_with_gap(void) {
    char *memory =
        mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    assert_int_equal(mprotect(memory + 4 * PAGE, PAGE, PROT_NONE), 0);
    return memory;
}

static void a_mapping_is_found_with_its_bounds(void **state) {
    uintptr_t low, high;
    (void)state;
    char *memory = map_with_gap();
    const uintptr_t start = (uintptr_t)memory;
    assert_true(stack_of_mapping(start + 7 * PAGE, &low, &high));
    assert_int_equal(low, start + 5 * PAGE);
    assert_true(high >= start + 16 * PAGE);
    munmap(memory, 16 * PAGE);
    assert_false(stack_of_mapping(8, &low, &high));
}

static void a_stack_extends_down_to_the_first_gap(void **state) {
    (void)state;
    char *memory = map_with_gap();
    const uintptr_t start = (uintptr_t)memory, from = start + 12 * PAGE;
    const uintptr_t low = stack_extend(from, start + 8 * PAGE + 100);
    assert_true(low <= start + 8 * PAGE && low >= start + 5 * PAGE);
    assert_int_equal(stack_extend(from, start + 3 * PAGE), from);
    munmap(memory, 16 * PAGE);
}

int run_stacks_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_named_stack_is_found_by_each_stack_pointer_in_it_and_no_other),
        cmocka_unit_test(stacks_side_by_side_are_told_apart),
        cmocka_unit_test(memory_that_is_named_again_has_its_new_bounds),
        cmocka_unit_test(stacks_within_a_lane_s_are_gone_with_the_frames_that_held_them),
        cmocka_unit_test(a_huge_stack_is_found_by_its_top),
        cmocka_unit_test(a_thread_s_own_stack_holds_its_variables),
        cmocka_unit_test(a_mapping_is_found_with_its_bounds),
        cmocka_unit_test(a_stack_extends_down_to_the_first_gap),
    };
    return cmocka_run_group_tests_name("stacks", tests, init, NULL);
}
