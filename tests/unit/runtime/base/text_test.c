/* SPDX-License-Identifier: MIT */
/* Tests of the recorder's own text functions, which have libc's names: this program is linked with
 * them. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base_tests.h"

/* The calls go through pointers, since the compiler would replace calls of libc's functions. */
static int (*volatile print)(char *, size_t, const char *, ...) = snprintf;
static unsigned long long (*volatile read_long)(const char *, char **, int) = strtoull;
static unsigned long (*volatile read_number)(const char *, char **, int) = strtoul;
static int (*volatile compare)(const char *, const char *) = strcmp;
static int (*volatile compare_most)(const char *, const char *, size_t) = strncmp;
static char *(*volatile find)(const char *, int) = strchr;
static char *(*volatile find_last)(const char *, int) = strrchr;
static size_t (*volatile span)(const char *, const char *) = strcspn;
static size_t (*volatile length)(const char *, size_t) = strnlen;
static char *(*volatile fill)(char *, const char *, size_t) = strncpy;
static char *(*volatile variable)(const char *) = getenv;

static void formats_are_libcs(void **state) {
    char text[64];
    (void)state;
    assert_int_equal(print(text, sizeof(text), "%d %d %u %x%%", 0, INT_MIN, UINT_MAX, 255), 28);
    assert_string_equal(text, "0 -2147483648 4294967295 ff%");
    print(text, sizeof(text), "%lld %llu %zu %016llx %c", LLONG_MIN, ULLONG_MAX, (size_t)7,
          0xabcULL, 'c');
    assert_string_equal(text, "-9223372036854775808 18446744073709551615 7 0000000000000abc c");
    print(text, sizeof(text), "%s.%.*s.%lx", "one", 2, "two", 16UL);
    assert_string_equal(text, "one.tw.10");
}

static void a_text_that_does_not_fit_is_cut(void **state) {
    char text[4] = "abc", one[1] = {'x'};
    (void)state;
    assert_int_equal(print(text, sizeof(text), "%s", "12345"), 5);
    assert_string_equal(text, "123");
    assert_int_equal(print(one, sizeof(one), "%d", 12), 2);
    assert_string_equal(one, "");
    assert_int_equal(print(NULL, 0, "%s", "12"), 2);
}

static void numbers_are_read(void **state) {
    char *end;
    const char *text = " 18446744073709551615:";
    (void)state;
    errno = 0;
    assert_true(read_long(text, &end, 10) == ULLONG_MAX && errno == 0);
    assert_string_equal(end, ":");
    assert_true(read_long("18446744073709551616", &end, 10) == ULLONG_MAX && errno == ERANGE);
    text = "x1";
    assert_true(read_number(text, &end, 10) == 0 && end == text);
    text = "-1";
    assert_true(read_number(text, &end, 10) == 0 && end == text);
    assert_true(read_number("42", NULL, 10) == 42);
}

static void texts_are_compared_and_searched(void **state) {
    const char *text = "one.two.";
    char copy[8];
    (void)state;
    assert_true(compare("a", "b") < 0 && compare("b", "a") > 0 && compare("", "") == 0);
    assert_true(compare("a", "ab") < 0 && compare("\x80", "a") > 0);
    assert_true(compare_most("abc", "abd", 2) == 0 && compare_most("a", "b", 0) == 0);
    assert_ptr_equal(find(text, '.'), text + 3);
    assert_ptr_equal(find_last(text, '.'), text + 7);
    assert_ptr_equal(find(text, '\0'), text + 8);
    assert_ptr_equal(find_last(text, '\0'), text + 8);
    assert_null(find(text, 'x'));
    assert_null(find_last(text, 'x'));
    assert_int_equal(span(text, "wt"), 4);
    assert_int_equal(span(text, "x"), 8);
    assert_int_equal(length(text, 3), 3);
    memset(copy, 'x', sizeof(copy));
    fill(copy, "ab", sizeof(copy));
    assert_memory_equal(copy, "ab\0\0\0\0\0\0", sizeof(copy));
    fill(copy, "abc", 2);
    assert_string_equal(copy, "ab");
}

static void the_environment_is_searched_by_whole_names(void **state) {
    (void)state;
    setenv("CINSTR_TEST", "value", 1);
    setenv("CINSTR_TEST_MORE", "more", 1);
    assert_string_equal(variable("CINSTR_TEST"), "value");
    assert_null(variable("CINSTR_TES"));
}

int run_text_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_libcs),
        cmocka_unit_test(a_text_that_does_not_fit_is_cut),
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(texts_are_compared_and_searched),
        cmocka_unit_test(the_environment_is_searched_by_whole_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
