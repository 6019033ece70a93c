/* SPDX-License-Identifier: MIT */
/* Tests of runtime/base/state.c, lane_pool.c: what a fork child finds, and who
 * holds the lock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base_tests.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/state.h"

static int init(void **state) {
    (void)state;
    lane_pool_init(16);
    return process_init() && lane_pool_is_there() ? 0 : -1;
}

/* Whether `holds` does in a fork child. */
static bool holds_in_child(bool (*holds)(void)) {
    int status;
    const pid_t pid = fork();
    if (pid == 0)
        _exit(holds() ? 0 : 1);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void a_lock_that_is_held_cannot_be_taken(void **state) {
    (void)state;
    assert_true(process_try_lock());
    assert_false(process_try_lock());
    process_unlock();
    process_lock();
    assert_false(process_try_lock());
    process_unlock();
}

static bool child_is_told(void) {
    if (!process_is_forked())
        return false;
    process_is_own_now();
    return !process_is_forked();
}

static void a_fork_child_is_told_until_it_has_its_own(void **state) {
    (void)state;
    assert_false(process_is_forked());
    assert_true(holds_in_child(child_is_told));
    assert_false(process_is_forked());
}

static void a_fork_child_finds_the_lock_free(void **state) {
    (void)state;
    process_lock();
    assert_true(holds_in_child(process_try_lock));
    process_unlock();
}

static bool lane_is_wiped(void) {
    return lane_at(3)->full == 0 && lane_at(3)->ready == 0;
}

static void a_fork_child_finds_all_lanes_wiped(void **state) {
    (void)state;
    lane_at(3)->full = 4096;
    lane_at(3)->ready = 1;
    assert_true(holds_in_child(lane_is_wiped));
    assert_int_equal(lane_at(3)->full, 4096);
}

/* The usual path compares with `span`, and must never pass. */
static void a_thread_without_a_lane_always_takes_the_slow_path(void **state) {
    (void)state;
    assert_ptr_equal(cinstr1_self, lane_sentinel());
    for (uintptr_t sp = 0; sp < UINTPTR_MAX / 2; sp = sp * 2 + 1)
        assert_false(cinstr1_self->high - sp < cinstr1_self->span);
    assert_false(lane_is_lost(lane_sentinel()));
    assert_true(lane_is_lost(lane_lost()));
    assert_int_equal(lane_lost()->span, 0);
}

static void work_of_the_recorder_s_own_nests(void **state) {
    (void)state;
    assert_false(process_is_own_work());
    assert_false(process_set_own_work(true));
    assert_true(process_set_own_work(true));
    assert_true(process_is_own_work());
    assert_true(process_set_own_work(false));
    assert_false(process_is_own_work());
}

int run_state_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_that_is_held_cannot_be_taken),
        cmocka_unit_test(a_fork_child_is_told_until_it_has_its_own),
        cmocka_unit_test(a_fork_child_finds_the_lock_free),
        cmocka_unit_test(a_fork_child_finds_all_lanes_wiped),
        cmocka_unit_test(a_thread_without_a_lane_always_takes_the_slow_path),
        cmocka_unit_test(work_of_the_recorder_s_own_nests),
    };
    return cmocka_run_group_tests_name("state", tests, init, NULL);
}
