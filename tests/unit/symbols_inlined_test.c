/* SPDX-License-Identifier: MIT */
/*
 * Tests that records of inlined calls are read as the assembler has laid them out, and that none is
 * found where a damaged section has no room for one: each length that the section can be cut to, in
 * memory that ends there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader/symbols/symbols_inlined.h"

extern const char section_start[], section_end[], inner[], outer[], astray[];
__asm__(".section .rodata\n"
        ".balign 16\n"
        ".globl section_start, section_end, inner, outer, astray\n"
        "section_start:\n"
        "outer: .long called - outer, 0, 12, 1\n"
        "inner: .long caller - inner, outer - inner, 34, 0\n"
        "astray: .long astray - 4096 - inner, 0, 1, 1\n"
        "caller: .long 56\n"
        ".asciz \"inner_function\"\n"
        ".asciz \"/a/file.c\"\n"
        ".balign 4\n"
        "called: .long 78\n"
        ".asciz \"outer_function\"\n"
        ".asciz \"\"\n"
        "section_end:\n"
        ".text\n");

enum { ADDRESS = 0x5000 };

static size_t whole(void) {
    return (size_t)(section_end - section_start);
}

static uint64_t address_of(const char *record) {
    return ADDRESS + (uint64_t)(record - section_start);
}

static void a_record_names_the_call_and_the_one_it_came_with(void **state) {
    const struct inlined_records records = {ADDRESS, section_start, whole()};
    struct inlined_record record;
    (void)state;
    assert_true(inlined_read(&records, address_of(inner), &record));
    assert_string_equal(record.name, "inner_function");
    assert_string_equal(record.file, "/a/file.c");
    assert_int_equal(record.function_line, 56);
    assert_int_equal(record.line, 34);
    assert_int_equal(record.caller, address_of(outer));
    assert_false(record.is_open);
    assert_true(inlined_read(&records, record.caller, &record));
    assert_string_equal(record.name, "outer_function");
    assert_string_equal(record.file, "");
    assert_int_equal(record.caller, 0);
    assert_true(record.is_open);
}

static void what_points_out_of_the_section_is_no_record(void **state) {
    const struct inlined_records records = {ADDRESS, section_start, whole()};
    struct inlined_record record;
    (void)state;
    assert_false(inlined_read(&records, address_of(astray), &record));
    assert_false(inlined_read(&records, ADDRESS - 1, &record));
    assert_false(inlined_read(&records, ADDRESS + whole(), &record));
    assert_false(inlined_read(&records, 0, &record));
    assert_false(inlined_read(&records, UINT64_MAX, &record));
    assert_false(inlined_read(&(struct inlined_records){0}, 0, &record));
}

static void a_section_that_was_cut_has_no_half_records(void **state) {
    (void)state;
    for (size_t size = 0; size < whole(); size++) {
        char *cut = malloc(size + 1);
        const struct inlined_records records = {ADDRESS, cut, size};
        struct inlined_record record;

        assert_non_null(cut);
        memcpy(cut, section_start, size);
        cut[size] = 'x'; /* no end to a string */
        for (uint64_t at = 0; at <= size; at++)
            inlined_read(&records, ADDRESS + at, &record);
        assert_false(inlined_read(&records, address_of(outer), &record));
        free(cut);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_names_the_call_and_the_one_it_came_with),
        cmocka_unit_test(what_points_out_of_the_section_is_no_record),
        cmocka_unit_test(a_section_that_was_cut_has_no_half_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
