/* SPDX-License-Identifier: MIT */
/* Tests of reader/base/error.c: whatever goes in, one bounded, printable line comes out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reader/base/error.h"

static void set_formats_and_fails(void **state) {
    (void)state;
    struct error error;
    assert_int_equal(error_set(&error, "node %d of %s", 7, "lane"), -1);
    assert_string_equal(error.message, "node 7 of lane");
}

static void set_errno_appends_the_reason(void **state) {
    (void)state;
    struct error error;
    errno = ENOENT;
    assert_int_equal(error_set_errno(&error, "cannot open %s", "x"), -1);
    assert_string_equal(error.message, "cannot open x: No such file or directory");
}

static void prefix_puts_context_in_front(void **state) {
    (void)state;
    struct error error;
    error_set(&error, "bad id");
    assert_int_equal(error_prefix(&error, "sample %d", 3), -1);
    assert_string_equal(error.message, "sample 3: bad id");
}

static void untrusted_text_cannot_break_the_line(void **state) {
    (void)state;
    struct error error;
    error_set(&error, "%s", "two\nlines\x1b[31m\x7f\xc3\xa9");
    assert_string_equal(error.message, "two?lines?[31m?\xc3\xa9");
}

static void long_messages_are_cut_between_characters(void **state) {
    (void)state;
    char text[2000];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', sizeof(text));
        for (size_t i = shift; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        text[sizeof(text) - 1] = '\0';
        struct error error;
        error_set(&error, "%s", text);
        size_t length = strlen(error.message);
        assert_in_range(length, sizeof(error.message) - 5, sizeof(error.message) - 1);
        assert_int_equal((length - shift) % 3, 0);
    }
}

static void a_long_context_does_not_hide_the_reason(void **state) {
    (void)state;
    char path[2000];
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    struct error error;
    errno = EACCES;
    error_set_errno(&error, "cannot open %s", path);
    assert_non_null(strstr(error.message, "ppp: Permission denied"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_formats_and_fails),
        cmocka_unit_test(set_errno_appends_the_reason),
        cmocka_unit_test(prefix_puts_context_in_front),
        cmocka_unit_test(untrusted_text_cannot_break_the_line),
        cmocka_unit_test(long_messages_are_cut_between_characters),
        cmocka_unit_test(a_long_context_does_not_hide_the_reason),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
