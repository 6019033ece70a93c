/* SPDX-License-Identifier: MIT */
/* Tests of reader/symbols/symbols_name.c: the name of a function in its source, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reader/symbols/symbols_name.h"

static struct profile_arena arena;

static const char *name_of(const char *symbol) {
    const char *name = symbols_name_make(&arena, symbol);
    assert_non_null(name);
    return name;
}

static void suffixes_of_clones_are_cut(void **state) {
    (void)state;
    static const char *const names[] = {
        "f",
        "f.cold",
        "f.constprop.0",
        "f.isra.12",
        "f.part.3",
        "f.lto_priv.0",
        "f.llvm.1234567890123",
        "f.part.0.constprop.1.isra.0.cold",
        "f.cold.1",
        "f@@VERSION_1.2.3",
        "f@OLD",
        "f.part.0.cold@@VERSION_1.cold",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(name_of(names[i]), "f");
}

static void other_dots_are_the_authors(void **state) {
    (void)state;
    static const char *const names[] = {"nested.0", "f.avx2",       "f.cold.er", "main.main",
                                        ".cold",    ".part.0",      "f.",        ".",
                                        "f.1.2",    "f.constprop.", "",          "@@V"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(name_of(names[i]), names[i]);
}

static void cplusplus_is_demangled(void **state) {
    (void)state;
    assert_string_equal(name_of("_ZN2ns5classC2ERKS0_"), "ns::class::class(ns::class const&)");
    assert_string_equal(name_of("_ZN2ns1fIiEEvT_.constprop.0"), "void ns::f<int>(int)");
    assert_string_equal(name_of("_Z1fv.cold"), "f()");
    assert_string_equal(name_of("_Z1fv@@V1"), "f()");
}

static void what_is_not_cplusplus_stays(void **state) {
    (void)state;
    static const char *const names[] = {
        "i", "f", "_Z", "_Zebra", "_RNvC6_123foo3bar", "_ZN2ns", "__cxa_demangle"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(name_of(names[i]), names[i]);
}

/* Each argument is made of two of the one before. */
static void a_short_symbol_for_gigabytes_of_text_stays(void **state) {
    (void)state;
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char symbol[512] = "_Z1f1AIiiE", argument[16];
    for (size_t i = 0; i < 35; i++) {
        snprintf(argument, sizeof(argument), "S_IS%c_S%c_E", digits[i], digits[i]);
        strcat(symbol, argument);
    }
    assert_string_equal(name_of(symbol), symbol);
}

static void a_long_symbol_does_no_harm(void **state) {
    (void)state;
    static char symbol[1 << 20];
    memset(symbol, 'P', sizeof(symbol) - 1);
    memcpy(symbol, "_Z1f", 4);
    assert_string_equal(name_of(symbol), symbol);
}

static int free_arena(void **state) {
    (void)state;
    profile_arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suffixes_of_clones_are_cut),
        cmocka_unit_test(other_dots_are_the_authors),
        cmocka_unit_test(cplusplus_is_demangled),
        cmocka_unit_test(what_is_not_cplusplus_stays),
        cmocka_unit_test(a_short_symbol_for_gigabytes_of_text_stays),
        cmocka_unit_test(a_long_symbol_does_no_harm),
    };
    return cmocka_run_group_tests_name("symbols_name", tests, NULL, free_arena);
}
