/* SPDX-License-Identifier: MIT */
/* Tests of line_costs.c and source_lines.c: costs of lines and calls add up to what the analysis says of functions and
 * edges, in random profiles with recursion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reader/analysis/line_costs.h"
#include "reader/analysis/source_lines.h"

enum { FUNCTIONS = 7, LINES = 3, MOST_DEPTH = 9, SAMPLES = 400 };

static uint64_t state;

static uint32_t below(uint32_t limit) {
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(state >> 33) % limit;
}

static uint32_t location(struct profile *profile, uint32_t function, uint32_t line) {
    const char name[] = {(char)('a' + function), '\0'};
    const struct profile_line at = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name, .file = "a.c"}),
        .line = line};
    return profile_add_location(
        profile,
        &(struct profile_location){.mapping = PROFILE_NONE, .line_count = 1, .lines = (void *)&at});
}

/* A function calls those after it, and of the first `recursive` ones any. */
static struct analysis *random_analysis(uint32_t recursive) {
    struct profile *profile = profile_new();
    struct error error;
    assert_non_null(profile);
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    for (uint32_t i = 0; i < SAMPLES; i++) {
        uint32_t frames[MOST_DEPTH], depth = 1 + below(MOST_DEPTH), function = 0, at = depth;
        while (at > 0) {
            frames[--at] = location(profile, function, below(LINES));
            if (function >= recursive && function + 1 == FUNCTIONS)
                break;
            function = function < recursive ? below(FUNCTIONS)
                                            : function + 1 + below(FUNCTIONS - function - 1);
        }
        profile_add_sample(
            profile, &(struct profile_sample){.depth = depth - at,
                                              .locations = frames + at,
                                              .values = (int64_t[]){1 + below(9), below(1000)}});
    }
    struct analysis *analysis = analysis_new(profile, &(struct analysis_options){0}, &error);
    assert_non_null(analysis);
    assert_int_equal(analysis_add_edges(analysis, &error), 0);
    return analysis;
}

static struct line_costs *costs_of(const struct analysis *analysis) {
    struct error error;
    struct line_costs *costs = line_costs_new(analysis, &error);
    assert_non_null(costs);
    return costs;
}

static void give_back(struct analysis *analysis, struct line_costs *costs) {
    struct profile *profile = (struct profile *)(uintptr_t)analysis->profile;
    line_costs_free(costs);
    analysis_free(analysis);
    profile_free(profile);
}

/* Sums of rows for one function: its own cost, the cost of calls to it, and that of its calls. */
struct sums {
    int64_t self, called, calls;
};

static struct sums sums_of(const struct line_costs *costs, uint32_t function, uint32_t type) {
    struct sums sums = {0};
    for (uint32_t i = 0; i < costs->sums.count; i++) {
        const struct line_cost *row = &costs->rows[i];
        const uint32_t at = costs->sums_row[i];
        if (row->callee == function)
            sums.called += analysis_total(&costs->sums, at, type);
        if (row->function == function && row->callee == PROFILE_NONE)
            sums.self += analysis_self(&costs->sums, at, type);
        else if (row->function == function)
            sums.calls += analysis_total(&costs->sums, at, type);
    }
    return sums;
}

static void assert_functions(uint32_t recursive) {
    struct analysis *analysis = random_analysis(recursive);
    struct line_costs *costs = costs_of(analysis);
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        const uint32_t number = (uint32_t)(analysis->functions[i].name[0] - 'a');
        const bool is_in_cycle = recursive > 1 && number < recursive;
        for (uint32_t type = 0; type < 2; type++) {
            const struct sums sums = sums_of(costs, i, type);
            const int64_t total = analysis_total(&analysis->function_sums, i, type);
            assert_int_equal(sums.self, analysis_self(&analysis->function_sums, i, type));
            assert_int_equal(sums.called, total);
            if (!is_in_cycle)
                assert_int_equal(sums.self + sums.calls, total);
        }
    }
    give_back(analysis, costs);
}

static void functions_have_what_the_analysis_says(void **unused) {
    (void)unused;
    for (state = 1; state < 40; state++) {
        const uint64_t seed = state;
        assert_functions(0);
        assert_functions(1);
        assert_functions(3);
        state = seed;
    }
}

static void edges_have_their_calls(void **unused) {
    (void)unused;
    state = 7;
    struct analysis *analysis = random_analysis(3);
    struct line_costs *costs = costs_of(analysis);
    for (uint32_t edge = 0; edge < analysis->edge_sums.count; edge++) {
        int64_t calls = 0;
        for (uint32_t i = 0; i < costs->sums.count; i++) {
            if (costs->rows[i].function == analysis->edges[edge].caller &&
                costs->rows[i].callee == analysis->edges[edge].callee)
                calls += analysis_self(&costs->sums, costs->sums_row[i], 0);
        }
        assert_int_equal(calls, analysis_self(&analysis->edge_sums, edge, 0));
    }
    give_back(analysis, costs);
}

static void rows_come_by_function_and_line(void **unused) {
    (void)unused;
    state = 7;
    struct analysis *analysis = random_analysis(3);
    struct line_costs *costs = costs_of(analysis);
    for (uint32_t i = 1; i < costs->sums.count; i++) {
        const struct line_cost *a = &costs->rows[i - 1], *b = &costs->rows[i];
        assert_true(a->function <= b->function);
        if (a->function == b->function && b->callee == PROFILE_NONE)
            assert_true(a->callee == PROFILE_NONE && a->line < b->line);
        else if (a->function == b->function && a->callee != PROFILE_NONE)
            assert_true(a->line < b->line || (a->line == b->line && a->callee < b->callee));
    }
    give_back(analysis, costs);
}

/* source_lines.c: the own costs of a function's lines are the function's, the calls on its lines
 * those of its edges, and no line has more than all samples. */
static void lines_of_source_add_up(void **unused) {
    (void)unused;
    struct error error;
    state = 11;
    struct analysis *analysis = random_analysis(3);
    struct source_lines *lines = source_lines_new(analysis, &error);
    assert_non_null(lines);
    for (uint32_t function = 0; function < analysis->function_sums.count; function++) {
        int64_t self = 0, calls = 0;
        for (uint32_t row = 0; row < lines->sums.count; row++) {
            const uint32_t at = lines->sums_row[row];
            if (lines->rows[row].function != function)
                continue;
            self += analysis_self(&lines->sums, at, 1);
            calls += lines->rows[row].calls;
            assert_in_range(analysis_total(&lines->sums, at, 1), analysis_self(&lines->sums, at, 1),
                            analysis_total(&analysis->function_sums, function, 1));
        }
        for (uint32_t edge = 0; edge < analysis->edge_sums.count; edge++)
            calls -= analysis->edges[edge].caller == function
                         ? analysis_self(&analysis->edge_sums, edge, analysis->count_type)
                         : 0;
        assert_int_equal(self, analysis_self(&analysis->function_sums, function, 1));
        assert_int_equal(calls, 0);
    }
    source_lines_free(lines);
    give_back(analysis, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_have_what_the_analysis_says),
        cmocka_unit_test(edges_have_their_calls),
        cmocka_unit_test(rows_come_by_function_and_line),
        cmocka_unit_test(lines_of_source_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
