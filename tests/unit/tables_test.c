/* SPDX-License-Identifier: MIT */
/* Tests of include/cinstr/options.def and values.def: no row contradicts itself or another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <cinstr/options.h>
#include <cinstr/segment.h>

#include "reader/profile/profile_value.h"

/* --- options ---------------------------------------------------------------------------------- */

static const struct option_row options[] = {
#define OPTION(name_, type, more, ...) {.name = #name_, __VA_ARGS__},
#include <cinstr/options.def>
#undef OPTION
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static bool takes(const struct option_row *row, const char *value) {
    uint64_t number;
    return option_is_text(row) ? value[0] != '\0' : option_value(row, value, &number);
}

static const struct option_row *find(const char *text) {
    const size_t length = strcspn(text, "=");
    for (int i = 0; i < OPTIONS; i++) {
        if (strncmp(options[i].name, text, length) == 0 && options[i].name[length] == '\0')
            return &options[i];
    }
    return NULL;
}

static void an_option_takes_what_its_row_sets_it_to(void **state) {
    (void)state;
    for (int i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &options[i];
        if (row->initial != NULL)
            assert_true(takes(row, row->initial));
        if (row->bare != NULL)
            assert_true(takes(row, row->bare));
        if (row->run_value != NULL)
            assert_true(takes(row, row->run_value));
        if (row->implies != NULL) {
            assert_non_null(find(row->implies));
            assert_true(takes(find(row->implies), strchr(row->implies, '=') + 1));
        }
    }
}

static void options_have_names_of_their_own(void **state) {
    (void)state;
    for (int i = 0; i < OPTIONS; i++) {
        assert_ptr_equal(find(options[i].name), &options[i]);
        assert_int_equal(strcspn(options[i].name, ":= "), strlen(options[i].name));
        for (int k = 0; k < i; k++)
            assert_false(options[i].run != NULL && options[k].run != NULL &&
                         strcmp(options[i].run, options[k].run) == 0);
    }
}

static void what_an_option_says_of_its_values_is_so(void **state) {
    char values[64], limits[64];
    uint64_t number;
    (void)state;
    for (int i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &options[i];
        option_values(row, values, sizeof(values));
        option_limits(row, limits, sizeof(limits));
        assert_string_not_equal(values, "");
        assert_true(row->help[0] != '\0' && row->help[strlen(row->help) - 1] != '.');
        if (option_is_text(row))
            continue;
        assert_false(option_value(row, "", &number));
        assert_false(option_value(row, "never", &number));
        for (char *value = strtok(values, "|"); value != NULL; value = strtok(NULL, "|"))
            assert_true(option_value(row, value, &number) || strcmp(value, row->argument) == 0);
        if (row->most != 0)
            assert_true(row->least <= row->most && row->most < UINT64_MAX / 16);
    }
}

static void numbers_are_read_to_the_digit(void **state) {
    const struct option_row row = {.least = 3, .most = 200, .words = "all=7 some=9"};
    uint64_t number;
    (void)state;
    assert_true(option_value(&row, "3", &number) && number == 3);
    assert_true(option_value(&row, "200", &number) && number == 200);
    assert_true(option_value(&row, "all", &number) && number == 7);
    assert_true(option_value(&row, "some", &number) && number == 9);
    static const char *const wrong[] = {"2",
                                        "201",
                                        "-3",
                                        "+3",
                                        " 3",
                                        "3 ",
                                        "03",
                                        "0x3",
                                        "al",
                                        "alls",
                                        "all=7",
                                        "7=",
                                        "18446744073709551619"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(option_value(&row, wrong[i], &number));
}

/* --- values ----------------------------------------------------------------------------------- */

static const struct value {
    const char *name, *unit, *error;
    bool is_column;
} values[] = {
#define VALUE(name, unit, when, shown, error) {#name, unit, error, false},
#define COLUMN(name, type, unit, ...)         {#name, unit, NULL, true},
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
};
enum { VALUES = sizeof(values) / sizeof(values[0]) };

static void the_error_of_a_value_is_a_value_that_is_not_shown_beside_it(void **state) {
    (void)state;
    for (int i = 0; i < VALUES; i++) {
        if (values[i].error == NULL)
            continue;
        const struct profile_value *error = profile_value_named(values[i].error);
        assert_non_null(error);
        assert_false(error->is_shown);
        assert_string_equal(error->unit, values[i].unit);
    }
}

static void a_column_s_name_and_unit_fit_the_segment(void **state) {
    unsigned columns = 0;
    (void)state;
    for (int i = 0; i < VALUES; i++) {
        columns += values[i].is_column;
        assert_true(strlen(values[i].name) < sizeof(((struct segment_column *)NULL)->name));
        assert_true(strlen(values[i].unit) < sizeof(((struct segment_column *)NULL)->unit));
        for (int k = 0; k < i; k++)
            assert_false(values[i].is_column == values[k].is_column &&
                         strcmp(values[i].name, values[k].name) == 0);
    }
    assert_in_range(columns, 1, SEGMENT_MAX_COLUMNS);
}

static void what_is_there_now_may_become_less(void **state) {
    (void)state;
    assert_true(profile_value_named("inuse_space")->is_gauge);
    assert_false(profile_value_named("alloc_space")->is_gauge);
    assert_false(profile_value_named("calls")->is_gauge);
    assert_null(profile_value_named("goroutine"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_takes_what_its_row_sets_it_to),
        cmocka_unit_test(options_have_names_of_their_own),
        cmocka_unit_test(what_an_option_says_of_its_values_is_so),
        cmocka_unit_test(numbers_are_read_to_the_digit),
        cmocka_unit_test(the_error_of_a_value_is_a_value_that_is_not_shown_beside_it),
        cmocka_unit_test(a_column_s_name_and_unit_fit_the_segment),
        cmocka_unit_test(what_is_there_now_may_become_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
