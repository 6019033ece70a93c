/* SPDX-License-Identifier: MIT */
/* Tests of cli/print/units.c and cli/print/text.c: numbers are printed right, texts harmless. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/print/text.h"
#include "cli/print/units.h"

static void counts_are_grouped_by_thousands(void **state) {
    (void)state;
    assert_string_equal(units_count(0).text, "0");
    assert_string_equal(units_count(999).text, "999");
    assert_string_equal(units_count(1000).text, "1,000");
    assert_string_equal(units_count(1234567).text, "1,234,567");
    assert_string_equal(units_count(-1234).text, "-1,234");
    assert_string_equal(units_count(INT64_MIN).text, "-9,223,372,036,854,775,808");
}

static void durations_have_four_digits_and_the_largest_unit(void **state) {
    (void)state;
    assert_string_equal(units_ns(0).text, "0");
    assert_string_equal(units_ns(0.016).text, "0.016 ns");
    assert_string_equal(units_ns(999).text, "999 ns");
    assert_string_equal(units_ns(1000).text, "1.000 us");
    assert_string_equal(units_ns(12345).text, "12.35 us");
    assert_string_equal(units_ns(1234567).text, "1.235 ms");
    assert_string_equal(units_ns(999.96e6).text, "1.000 s");
    assert_string_equal(units_ns(61e9).text, "61.00 s");
    assert_string_equal(units_ns(123456e9).text, "123,456 s");
    assert_string_equal(units_ns(-1500).text, "-1.500 us");
}

static void digits_that_are_not_known_are_not_printed(void **state) {
    (void)state;
    /* Two standard errors: 0.4 %, 4 %, 20 %, 40 %, 60 %, and twice of it. */
    assert_string_equal(units_ns_within(38.21e6, 0.076e6).text, "38.21 ms");
    assert_string_equal(units_ns_within(38.21e6, 0.76e6).text, "38.2 ms");
    assert_string_equal(units_ns_within(38.21e6, 3.9e6).text, "38 ms");
    assert_string_equal(units_ns_within(38.21e6, 7.6e6).text, "38 ms");
    assert_string_equal(units_ns_within(38.21e6, 11.5e6).text, "38 ms");
    assert_string_equal(units_ns_within(38.21e6, 38.21e6).text, "40 ms");
    assert_string_equal(units_ns_within(381.4e6, 39e6).text, "380 ms");
    assert_string_equal(units_ns_within(381, 39).text, "380 ns");
    assert_string_equal(units_ns_within(1234e9, 123e9).text, "1200 s");
    assert_string_equal(units_ns_within(123456e9, 12345e9).text, "120,000 s");
    assert_string_equal(units_ns_within(996e6, 99e6).text, "1.0 s");
    assert_string_equal(units_ns_within(960e6, 600e6).text, "1 s");
    assert_string_equal(units_ns_within(-1500, 150).text, "-1.5 us");
    assert_string_equal(units_ns_within(12345, -1).text, "12.35 us");
}

static void nothing_with_an_error_is_what_it_may_be_at_most(void **state) {
    (void)state;
    assert_string_equal(units_ns_within(0, 4e6).text, "<8 ms");
    assert_string_equal(units_ns_within(0, 0).text, "0");
    assert_string_equal(units_ns_within(0, -1).text, "0");
}

static void shares_have_no_more_digits_than_their_times(void **state) {
    (void)state;
    assert_string_equal(units_share_within(143, 1000, -1).text, "14.3%");
    assert_string_equal(units_share_within(143, 1000, 3).text, "14.3%");
    assert_string_equal(units_share_within(143, 1000, 14).text, "14%");
    assert_string_equal(units_share_within(143, 1000, 143).text, "10%");
    assert_string_equal(units_share_within(3, 1000, 3).text, "0.3%");
    assert_string_equal(units_share_within(1000, 1000, 100).text, "100%");
    assert_string_equal(units_share_within(1, 0, 1).text, "-");
}

static void amounts_follow_the_unit_of_their_value(void **state) {
    (void)state;
    assert_string_equal(units_amount(1500, "nanoseconds").text, "1.500 us");
    assert_string_equal(units_amount(1536, "bytes").text, "1.500 KiB");
    assert_string_equal(units_amount(1536, "count").text, "1,536");
    assert_string_equal(units_amount(1536, "goats").text, "1,536 goats");
    assert_string_equal(units_amount(0.5, "count").text, "0.5");
    assert_string_equal(units_amount_within(1500, "nanoseconds", 100).text, "1.5 us");
    assert_string_equal(units_amount_within(1536, "bytes", 100).text, "1.500 KiB");
}

static void shares_of_nothing_are_none(void **state) {
    (void)state;
    assert_string_equal(units_share(1, 4).text, "25.0%");
    assert_string_equal(units_share(0, 0).text, "-");
}

static void ages_are_whole_and_never_rounded_up(void **state) {
    (void)state;
    assert_string_equal(units_age(0.9).text, "0 s");
    assert_string_equal(units_age(119.9).text, "119 s");
    assert_string_equal(units_age(120).text, "2 min");
    assert_string_equal(units_age(3 * 3600 - 1).text, "2 h");
    assert_string_equal(units_age(3 * 86400).text, "3 d");
}

/* What text_print() makes of it. */
static const char *printed(const char *text) {
    static char buffer[128];
    FILE *out = fmemopen(buffer, sizeof(buffer), "w");
    assert_non_null(out);
    text_print(out, text);
    fclose(out);
    return buffer;
}

static void text_cannot_drive_the_terminal(void **state) {
    (void)state;
    assert_string_equal(printed("operator<<(a, b)"), "operator<<(a, b)");
    assert_string_equal(printed("\x1b[31mred\n\ttab\x7f"), "?[31mred??tab?");
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        skip();
    assert_string_equal(printed("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
    assert_string_equal(printed("csi \xc2\x9b"), "csi ?");
    assert_string_equal(printed("cut off \xc3"), "cut off ?");
    assert_string_equal(printed("\xff\xfe"), "??");
    setlocale(LC_CTYPE, "C");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped_by_thousands),
        cmocka_unit_test(durations_have_four_digits_and_the_largest_unit),
        cmocka_unit_test(digits_that_are_not_known_are_not_printed),
        cmocka_unit_test(nothing_with_an_error_is_what_it_may_be_at_most),
        cmocka_unit_test(shares_have_no_more_digits_than_their_times),
        cmocka_unit_test(amounts_follow_the_unit_of_their_value),
        cmocka_unit_test(shares_of_nothing_are_none),
        cmocka_unit_test(ages_are_whole_and_never_rounded_up),
        cmocka_unit_test(text_cannot_drive_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
