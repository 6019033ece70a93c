/* SPDX-License-Identifier: MIT */
/* Tests of cli/cc/cc_line.c: it finds out from the command line what a compiler is going to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cc/cc_line.h"

/* The line that `compiler` is called with, words separated by one blank. */
static struct cc_line read_line(const char *compiler, const char *text) {
    char copy[256];
    char *arguments[32], *rest = copy;
    int count = 0;
    assert_true(strlen(text) < sizeof(copy));
    strcpy(copy, text);
    while (rest != NULL && *rest != '\0')
        arguments[count++] = strsep(&rest, " ");
    arguments[count] = NULL;
    return cc_line_read(compiler, arguments);
}

static bool is_instrumented(const char *text) {
    const struct cc_line line = read_line("gcc", text);
    return cc_line_is_instrumented(&line);
}

static bool needs_library(const char *text) {
    const struct cc_line line = read_line("gcc", text);
    return cc_line_needs_library(&line);
}

static void compiling_is_instrumented_and_links_nothing(void **state) {
    (void)state;
    static const char *const lines[] = {"-c a.c",
                                        "-O2 -o a.o -c a.c",
                                        "-S a.c",
                                        "-MD -MF a.d -c a.c",
                                        "-MMD -MP -MT a.o -c a.c",
                                        "-c -x c -",
                                        "-xc++ -c a.inc",
                                        "-Xlinker -r -c a.c",
                                        "-nostdlib -c a.c"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_true(is_instrumented(lines[i]));
        assert_false(needs_library(lines[i]));
    }
}

static void stacks_in_pieces_are_seen(void **state) {
    (void)state;
    assert_true(read_line("gcc", "-fsplit-stack -c a.c").has_split_stacks);
    assert_false(read_line("gcc", "-fsplit-stack -fno-split-stack -c a.c").has_split_stacks);
    assert_false(read_line("gcc", "-c a.c").has_split_stacks);
}

static void c_is_told_from_other_languages(void **state) {
    (void)state;
    assert_true(read_line("gcc", "-c a.c").is_c);
    assert_true(read_line("gcc", "-c a.cpp").is_c);
    assert_true(read_line("gcc", "-x c++ -c a.inc").is_c);
    assert_false(read_line("gcc", "-c a.f90").is_c);
    assert_false(read_line("gcc", "-x ada -c a").is_c);
}

static void linking_takes_the_library(void **state) {
    (void)state;
    assert_true(needs_library("a.o -o a"));
    assert_false(is_instrumented("a.o -o a"));
    assert_true(needs_library("-shared -fPIC a.o libb.a -o liba.so"));
    assert_true(needs_library("a.c -o a"));
    assert_true(is_instrumented("a.c -o a"));
    assert_true(needs_library("-L. a.o -lb -static"));
    assert_true(needs_library("@objects.rsp -o a"));
}

static void what_only_looks_is_left_alone(void **state) {
    (void)state;
    static const char *const lines[] = {"-E a.c",
                                        "-M a.c",
                                        "-MM -I include a.c",
                                        "-fsyntax-only a.c",
                                        "-E -c a.c",
                                        "-c -E a.c",
                                        "--version",
                                        "-v",
                                        "-dumpmachine",
                                        "-print-file-name=crt1.o",
                                        "-print-prog-name=ld",
                                        "-Wl,--version",
                                        "-o a.c",
                                        "-include a.c",
                                        "-I a.c -L b.c -D c.c",
                                        ""};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_false(is_instrumented(lines[i]));
        assert_false(needs_library(lines[i]));
    }
}

static void assembler_sources_have_no_functions_to_instrument(void **state) {
    (void)state;
    assert_false(is_instrumented("-c a.s"));
    assert_false(is_instrumented("-c a.S"));
    assert_false(is_instrumented("-c -x assembler-with-cpp a.c"));
    assert_true(is_instrumented("-c -x assembler a.txt -x none b.c"));
    assert_true(needs_library("a.S -o a"));
}

static void headers_are_compiled_and_never_linked(void **state) {
    (void)state;
    assert_true(is_instrumented("a.h"));
    assert_false(needs_library("a.h"));
    assert_false(needs_library("-x c++-header a.inc -o a.gch"));
    assert_false(needs_library("a.hpp -o a.hpp.gch"));
}

static void links_without_the_c_library_are_left_alone(void **state) {
    (void)state;
    assert_false(needs_library("-nostdlib a.o -o a"));
    assert_false(needs_library("-nodefaultlibs a.o -o a"));
    assert_false(needs_library("-nolibc a.o -o a"));
    /* This is how libtool links C++ libraries. */
    assert_true(needs_library("-shared -nostdlib crti.o a.o -lstdc++ -lm -lc -lgcc_s crtn.o"));
}

static void relocatable_links_are_left_alone(void **state) {
    (void)state;
    assert_false(needs_library("-r a.o b.o -o c.o"));
    assert_false(needs_library("-nostdlib -Wl,-r a.o -o c.o"));
    assert_false(needs_library("-Xlinker --relocatable a.o -o c.o"));
}

static void code_for_other_machines_is_left_alone(void **state) {
    (void)state;
    assert_false(is_instrumented("-ffreestanding -c kernel.c"));
    assert_false(is_instrumented("-m32 -c a.c"));
    assert_false(needs_library("-m32 a.c -o a"));
}

static void cplusplus_is_known_by_driver_file_or_language(void **state) {
    (void)state;
    assert_true(read_line("g++", "-c a.c").is_cplusplus);
    assert_true(read_line("x86_64-linux-gnu-g++-12", "-c a.c").is_cplusplus);
    assert_true(read_line("clang", "-c a.cpp").is_cplusplus);
    assert_true(read_line("clang", "-c a.C").is_cplusplus);
    assert_true(read_line("clang", "-x c++ -c a").is_cplusplus);
    assert_true(read_line("clang", "-xc++ -c a").is_cplusplus);
    assert_false(read_line("clang", "-c a.c").is_cplusplus);
    assert_false(read_line("clang", "-o a.cpp -c a.c").is_cplusplus);
    assert_false(read_line("clang", "-x c -c a.cpp").is_cplusplus);
    assert_true(read_line("clang", "-x c -x none -c a.cpp").is_cplusplus);
}

static void an_option_cut_off_at_the_end_does_no_harm(void **state) {
    (void)state;
    assert_true(is_instrumented("-c a.c -o"));
    assert_true(is_instrumented("-c a.c -x"));
    assert_true(is_instrumented("-c a.c -Xlinker"));
    assert_false(is_instrumented("-x"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiling_is_instrumented_and_links_nothing),
        cmocka_unit_test(stacks_in_pieces_are_seen),
        cmocka_unit_test(c_is_told_from_other_languages),
        cmocka_unit_test(linking_takes_the_library),
        cmocka_unit_test(what_only_looks_is_left_alone),
        cmocka_unit_test(assembler_sources_have_no_functions_to_instrument),
        cmocka_unit_test(headers_are_compiled_and_never_linked),
        cmocka_unit_test(links_without_the_c_library_are_left_alone),
        cmocka_unit_test(relocatable_links_are_left_alone),
        cmocka_unit_test(code_for_other_machines_is_left_alone),
        cmocka_unit_test(cplusplus_is_known_by_driver_file_or_language),
        cmocka_unit_test(an_option_cut_off_at_the_end_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
