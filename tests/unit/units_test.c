/* SPDX-License-Identifier: MIT */
/* Tests of cli/print/units.c and cli/print/text.c: what is printed for people is right and
 * harmless. */
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

static void amounts_follow_the_unit_of_their_value(void **state) {
    (void)state;
    assert_string_equal(units_amount(1500, "nanoseconds").text, "1.500 us");
    assert_string_equal(units_amount(1536, "bytes").text, "1.500 KiB");
    assert_string_equal(units_amount(1536, "count").text, "1,536");
    assert_string_equal(units_amount(1536, "goats").text, "1,536 goats");
    assert_string_equal(units_amount(0.5, "count").text, "0.5");
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
        cmocka_unit_test(amounts_follow_the_unit_of_their_value),
        cmocka_unit_test(shares_of_nothing_are_none),
        cmocka_unit_test(ages_are_whole_and_never_rounded_up),
        cmocka_unit_test(text_cannot_drive_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
