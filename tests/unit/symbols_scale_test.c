/* SPDX-License-Identifier: MIT */
/*
 * Tests that a program of 100,000 functions in one compile unit has all their names and lines, and
 * prints how long that takes. The program is written as assembly with its debug information, which
 * is the truth that is compared with.
 */
#include <time.h>

#include "symbols_build.h"

#define FUNCTIONS 100000

#ifdef __aarch64__
#define FOUR_BYTES "nop"
#else
#define FOUR_BYTES "nop; nop; nop; nop"
#endif

/* Function i has 8 bytes: 4 of its own, line 10 i + 2, and 4 of a function inlined on 10 i + 3. */
static void write_code(FILE *out) {
    fputs("    .file 1 \"source.c\"\n    .text\n.Ltext:\n", out);
    for (int i = 0; i < FUNCTIONS; i++)
        fprintf(out,
                "    .globl f%d\n    .type f%d, %%function\nf%d:\n"
                "    .loc 1 %d\n    " FOUR_BYTES "\n    .loc 1 5\n    " FOUR_BYTES "\n"
                "    .size f%d, 8\n",
                i, i, i, 10 * i + 2, i);
    fputs(".Letext:\n    .section .debug_line,\"\"\n.Lline:\n", out);
}

static void write_abbreviations(FILE *out) {
    fputs(
        "    .section .debug_abbrev,\"\"\n.Labbrev:\n"
        /* compile unit: stmt_list, name, comp_dir, low_pc, high_pc */
        "    .byte 1, 0x11, 1,  0x10, 0x17,  0x3, 0x8,  0x1b, 0x8,  0x11, 0x1,  0x12, 0x7,  0, 0\n"
        /* subprogram that is inlined: name, decl_file, decl_line, inline */
        "    .byte 2, 0x2e, 0,  0x3, 0x8,  0x3a, 0xb,  0x3b, 0x6,  0x20, 0xb,  0, 0\n"
        /* subprogram: name, decl_file, decl_line, low_pc, high_pc */
        "    .byte 3, 0x2e, 1,  0x3, 0x8,  0x3a, 0xb,  0x3b, 0x6,  0x11, 0x1,  0x12, 0x7,  0, 0\n"
        /* inlined subroutine: abstract_origin, low_pc, high_pc, call_file, call_line */
        "    .byte 4, 0x1d, 0,  0x31, 0x13,  0x11, 0x1,  0x12, 0x7,  0x58, 0xb,  0x59, 0x6,  0, 0\n"
        "    .byte 0\n",
        out);
}

static void write_information(FILE *out) {
    fputs("    .section .debug_info,\"\"\n.Linfo:\n    .4byte .Lend - .Lbegin\n.Lbegin:\n"
          "    .2byte 4\n    .4byte .Labbrev\n    .byte 8\n"
          "    .byte 1\n    .4byte .Lline\n    .asciz \"source.c\", \"/somewhere/./else/\"\n"
          "    .8byte .Ltext, .Letext - .Ltext\n"
          ".Linlined:\n    .byte 2\n    .asciz \"inlined\"\n    .byte 1\n    .4byte 4\n"
          "    .byte 1\n",
          out);
    for (int i = 0; i < FUNCTIONS; i++)
        fprintf(out,
                "    .byte 3\n    .asciz \"f%d\"\n    .byte 1\n    .4byte %d\n    .8byte f%d, 8\n"
                "    .byte 4\n    .4byte .Linlined - .Linfo\n    .8byte f%d + 4, 4\n    .byte 1\n"
                "    .4byte %d\n    .byte 0\n",
                i, 10 * i + 1, i, i, 10 * i + 3);
    fputs("    .byte 0\n.Lend:\n", out);
}

static void build_program(void) {
    FILE *out = fopen(in_directory("large.s"), "w");
    assert_non_null(out);
    write_code(out);
    write_abbreviations(out);
    write_information(out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(run("gcc -nostdlib -no-pie -Wl,-e,f0 $D/large.s -o $D/large"), 0);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void check(struct symbols *symbols, uint64_t first, int i) {
    const uint64_t address = first + 8 * (uint64_t)i;
    struct symbol symbol;
    char name[16];
    snprintf(name, sizeof(name), "f%d", i);
    assert_true(symbols_function(symbols, 0, address, &symbol));
    assert_string_equal(symbol.name, name);
    assert_string_equal(symbol.file, "/somewhere/else/source.c");
    assert_int_equal(symbol.line, 10 * i + 1);
    assert_int_equal(symbols_line(symbols, 0, address, address + 3), 10 * i + 2);
    assert_int_equal(symbols_line(symbols, 0, address, address + 7), 10 * i + 3);
    assert_int_equal(symbols_line(symbols, 0, address, address + 8), 0);
}

static void a_hundred_thousand_functions_have_names_and_lines(void **state) {
    (void)state;
    build_program();
    struct segment_module module = module_of(in_directory("large"));
    const uint64_t first = address_of(module.path, "f0");
    const double start = seconds();
    struct symbols *symbols = open_symbols(&module);
    for (int i = 0; i < FUNCTIONS; i++)
        check(symbols, first, (int)((int64_t)i * 70001 % FUNCTIONS));
    symbols_free(symbols);
    print_message("%d functions and as many lines thrice: %.2f s\n", FUNCTIONS, seconds() - start);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_functions_have_names_and_lines),
    };
    return cmocka_run_group_tests_name("symbols_scale", tests, make_directory, remove_directory);
}
