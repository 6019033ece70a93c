/* SPDX-License-Identifier: MIT */
/* Tests of runtime/base/sandbox.c: it finds the system calls that a filter allows with any
 * arguments. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base_tests.h"
#include "runtime/base/sandbox.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(what)              BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what))
#define JUMP(how, k, so, other) BPF_JUMP(BPF_JMP | BPF_##how | BPF_K, k, so, other)
#define RETURN(action)          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_##action)

static bool allows(const struct sock_filter *code, uint32_t count, long number) {
    process_sandbox = (struct sandbox){.is_there = false};
    sandbox_narrow(&process_sandbox, code, count);
    const bool result = sandbox_allows(number);
    process_sandbox = (struct sandbox){.is_there = false};
    return result;
}
#define ALLOWS(code, number) allows(code, sizeof(code) / sizeof((code)[0]), number)

static void without_a_filter_all_is_allowed(void **state) {
    (void)state;
    assert_true(sandbox_allows(0));
    assert_true(sandbox_allows(100000));
}

static void a_list_allows_what_is_in_it(void **state) {
    const struct sock_filter code[] = {
        LOAD(arch),          JUMP(JEQ, ARCHITECTURE, 1, 0), RETURN(KILL_PROCESS), LOAD(nr),
        JUMP(JEQ, 3, 2, 0),  JUMP(JGE, 10, 0, 2),           JUMP(JGT, 20, 1, 0),  RETURN(ALLOW),
        RETURN(KILL_PROCESS)};
    (void)state;
    for (long number = 0; number < SANDBOX_NUMBERS; number++)
        assert_int_equal(ALLOWS(code, number), number == 3 || (number >= 10 && number <= 20));
    assert_false(ALLOWS(code, -1));
    assert_false(ALLOWS(code, SANDBOX_NUMBERS));
}

static void what_is_refused_logged_or_trapped_is_not_allowed(void **state) {
    const struct sock_filter refused[] = {RETURN(ERRNO)}, logged[] = {RETURN(LOG)},
                             trapped[] = {RETURN(TRAP)}, allowed[] = {RETURN(ALLOW)};
    (void)state;
    assert_false(ALLOWS(refused, 1));
    assert_false(ALLOWS(logged, 1));
    assert_false(ALLOWS(trapped, 1));
    assert_true(ALLOWS(allowed, 1));
}

static void what_depends_on_arguments_is_not_allowed(void **state) {
    const struct sock_filter code[] = {LOAD(nr), JUMP(JEQ, 5, 0, 2), LOAD(args[0]), RETURN(ALLOW),
                                       RETURN(ALLOW)};
    (void)state;
    assert_false(ALLOWS(code, 5));
    assert_true(ALLOWS(code, 6));
}

static void filters_add_up(void **state) {
    const struct sock_filter first[] = {LOAD(nr), JUMP(JEQ, 5, 0, 1), RETURN(KILL_PROCESS),
                                        RETURN(ALLOW)};
    const struct sock_filter second[] = {LOAD(nr), JUMP(JSET, 1, 0, 1), RETURN(KILL_PROCESS),
                                         RETURN(ALLOW)};
    (void)state;
    sandbox_narrow(&process_sandbox, first, 4);
    sandbox_narrow(&process_sandbox, second, 4);
    assert_false(sandbox_allows(5));
    assert_false(sandbox_allows(7));
    assert_true(sandbox_allows(6));
    process_sandbox = (struct sandbox){.is_there = false};
}

static void what_is_no_filter_allows_nothing_and_ends(void **state) {
    const struct sock_filter circle[] = {LOAD(nr), BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX - 1)},
                             unknown[] = {BPF_STMT(BPF_MISC | BPF_TAX, 0), RETURN(ALLOW)};
    (void)state;
    assert_false(ALLOWS(circle, 1));
    assert_false(ALLOWS(unknown, 1));
    assert_false(allows(NULL, 0, 1));
}

int run_sandbox_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_filter_all_is_allowed),
        cmocka_unit_test(a_list_allows_what_is_in_it),
        cmocka_unit_test(what_is_refused_logged_or_trapped_is_not_allowed),
        cmocka_unit_test(what_depends_on_arguments_is_not_allowed),
        cmocka_unit_test(filters_add_up),
        cmocka_unit_test(what_is_no_filter_allows_nothing_and_ends),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
