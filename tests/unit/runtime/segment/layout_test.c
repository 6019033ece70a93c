/* SPDX-License-Identifier: MIT */
/* Tests of runtime/segment/segment_layout.c: parts do not overlap, the options decide which columns
 * there are, and each attempt asks for less memory than the one before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cinstr/segment.h>

#include "runtime/base/options.h"
#include "runtime/segment/segment_layout.h"
#include "segment_tests.h"

static struct segment_header plan(const char *text, unsigned attempt, bool has_cpu_time) {
    struct segment_header header;
    options_read(text);
    assert_true(segment_plan(&header, attempt, has_cpu_time));
    return header;
}

static const char everything[] =
    "timing=adaptive:sample:heap:block=io:mutex=1:histogram=1:contexts=16777216";

/* --- parts ------------------------------------------------------------------------------------ */

struct part {
    uint64_t start, size;
};

static int compare_parts(const void *one, const void *other) {
    const struct part *a = one, *b = other;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void assert_parts_are_apart(const struct segment_header *header) {
    struct part parts[SEGMENT_SECTION_COUNT + SEGMENT_MAX_COLUMNS];
    unsigned count = 0;
    uint64_t end = SEGMENT_HEADER_SIZE;
    for (unsigned i = 0; i < SEGMENT_SECTION_COUNT; i++) {
        const struct segment_section *section = &header->sections[i];
        parts[count++] = (struct part){section->offset, section->capacity * section->element_size};
    }
    for (unsigned i = 0; i < header->column_count; i++) {
        const struct segment_column *column = &header->columns[i];
        parts[count++] =
            (struct part){column->offset,
                          header->sections[SEGMENT_SECTION_NODES].capacity * column->element_size};
    }
    qsort(parts, count, sizeof(parts[0]), compare_parts);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(parts[i].start % 4096, 0);
        assert_true(parts[i].start >= end);
        end = parts[i].start + parts[i].size;
    }
    assert_true(end <= header->size);
}

static void parts_never_overlap(void **state) {
    static const char *const asked[] = {"", "contexts=1024", "histogram=1:sample=7", everything};
    (void)state;
    for (unsigned i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        for (unsigned attempt = 0; attempt < 5; attempt++) {
            const struct segment_header header = plan(asked[i], attempt, attempt % 2 == 0);
            assert_parts_are_apart(&header);
        }
    }
}

static void each_attempt_asks_for_less_until_there_is_none_less(void **state) {
    struct segment_header header;
    uint64_t size = UINT64_MAX;
    unsigned attempt = 0;
    (void)state;
    options_read(NULL);
    for (; segment_plan(&header, attempt, true); attempt++) {
        assert_true(header.size < size);
        size = header.size;
    }
    assert_in_range(attempt, 2, 16);
    assert_true(size < UINT64_C(64) << 20);
}

/* --- the budget ------------------------------------------------------------------------------- */

static void the_budget_is_what_was_asked_for_and_fits_twice(void **state) {
    static const char *const asked[] = {"contexts=1024", "contexts=262144", "contexts=16777216"};
    (void)state;
    for (unsigned i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        const struct segment_header header = plan(asked[i], 0, true);
        assert_int_equal(header.node_budget, options.contexts);
        assert_true(header.sections[SEGMENT_SECTION_NODES].capacity >= 2 * header.node_budget);
    }
}

static void a_segment_that_is_too_small_for_the_budget_lowers_it(void **state) {
    (void)state;
    const struct segment_header header = plan("contexts=16777216", 4, true);
    assert_true(header.node_budget < options.contexts);
    assert_true(header.node_budget <= header.sections[SEGMENT_SECTION_NODES].capacity / 2);
}

/* Offsets of nodes are kept in 32 bits (lookup.h). */
static void all_nodes_can_be_reached_by_32_bits(void **state) {
    (void)state;
    const struct segment_header header = plan(everything, 0, true);
    assert_true(header.sections[SEGMENT_SECTION_NODES].capacity * sizeof(struct segment_node) <=
                UINT32_MAX);
}

/* --- columns ---------------------------------------------------------------------------------- */

static const struct segment_column *find(const struct segment_header *header, const char *name) {
    for (unsigned i = 0; i < header->column_count; i++) {
        if (strcmp(header->columns[i].name, name) == 0)
            return &header->columns[i];
    }
    return NULL;
}

static void there_is_a_column_for_what_was_asked_for_and_no_other(void **state) {
    static const struct {
        const char *option, *columns[4];
    } rows[] = {
        {"sample=9", {"samples"}},
        {"timing=adaptive", {"timed_calls", "variance"}},
        {"heap=exact", {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}},
        {"block=1", {"contentions", "delay"}},
        {"mutex=1", {"held_contentions", "held_delay"}},
        {"histogram=1", {"min", "max", "histogram"}},
    };
    (void)state;
    const struct segment_header bare = plan("", 0, false);
    assert_int_equal(bare.column_count, 2);
    assert_non_null(find(&bare, "unwinds"));
    assert_non_null(find(&bare, "instructions"));
    const struct segment_header timed = plan("", 0, true);
    assert_int_equal(timed.column_count, 3);
    assert_non_null(find(&timed, "off_cpu"));
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct segment_header header = plan(rows[i].option, 0, false);
        unsigned count = 0;
        for (; count < 4 && rows[i].columns[count] != NULL; count++)
            assert_non_null(find(&header, rows[i].columns[count]));
        assert_int_equal(header.column_count, bare.column_count + count);
    }
}

static void all_columns_fit_the_header_and_are_told_apart(void **state) {
    (void)state;
    const struct segment_header header = plan(everything, 0, true);
    assert_in_range(header.column_count, 17, SEGMENT_MAX_COLUMNS);
    for (unsigned i = 0; i < header.column_count; i++) {
        const struct segment_column *column = &header.columns[i];
        assert_non_null(memchr(column->name, '\0', sizeof(column->name)));
        assert_non_null(memchr(column->unit, '\0', sizeof(column->unit)));
        assert_ptr_equal(find(&header, column->name), column);
        assert_in_range(column->combine, SEGMENT_COMBINE_SUM, SEGMENT_COMBINE_GAUGE);
        assert_int_equal(column->element_size, column->combine == SEGMENT_COMBINE_HISTOGRAM
                                                   ? SEGMENT_HISTOGRAM_BUCKETS * sizeof(uint32_t)
                                                   : sizeof(uint64_t));
    }
}

int run_layout_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_never_overlap),
        cmocka_unit_test(each_attempt_asks_for_less_until_there_is_none_less),
        cmocka_unit_test(the_budget_is_what_was_asked_for_and_fits_twice),
        cmocka_unit_test(a_segment_that_is_too_small_for_the_budget_lowers_it),
        cmocka_unit_test(all_nodes_can_be_reached_by_32_bits),
        cmocka_unit_test(there_is_a_column_for_what_was_asked_for_and_no_other),
        cmocka_unit_test(all_columns_fit_the_header_and_are_told_apart),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
