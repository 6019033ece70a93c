/* SPDX-License-Identifier: MIT */
/* Tests of analysis_durations.c: quantiles of a profile whose durations can be counted by eye. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader/analysis/analysis.h"
#include "reader/profile/profile.h"

static uint32_t location(struct profile *profile, const char *name) {
    const struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name, .file = "a.c"})};
    return profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                    .line_count = 1,
                                                                    .lines = (void *)&line});
}

static void add(struct profile *profile, uint32_t callee, uint32_t caller, int64_t calls,
                int64_t ns) {
    uint32_t stack[] = {callee, caller};
    struct profile_tag tags[] = {{.key = "duration", .number = ns, .unit = "nanoseconds"}};
    assert_int_not_equal(
        profile_add_sample(profile, &(struct profile_sample){.depth = 2,
                                                             .locations = stack,
                                                             .values = (int64_t[]){calls, 0},
                                                             .tag_count = ns == 0 ? 0 : 1,
                                                             .tags = tags}),
        PROFILE_NONE);
}

static struct profile *small_profile(void) {
    struct profile *profile = profile_new();
    assert_non_null(profile);
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    return profile;
}

static struct analysis *analyse(const struct profile *profile) {
    struct error error;
    struct analysis *analysis =
        analysis_new(profile, &(struct analysis_options){.value = "wall"}, &error);
    assert_non_null(analysis);
    assert_int_equal(analysis_add_edges(analysis, &error), 0);
    assert_int_equal(analysis_add_durations(analysis, &error), 0);
    return analysis;
}

static uint32_t function(const struct analysis *analysis, const char *name) {
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, name) == 0)
            return i;
    }
    fail_msg("no function %s", name);
    return 0;
}

static void assert_spread(const struct analysis_spread *spread, int64_t p50, int64_t p90,
                          int64_t p99, int64_t longest) {
    assert_int_equal(spread->p50, p50);
    assert_int_equal(spread->p90, p90);
    assert_int_equal(spread->p99, p99);
    assert_int_equal(spread->longest, longest);
}

/* f is called 100 times: 60 of 10 ns and 35 of 20 ns by a, 4 of 300 ns and 1 of 7000 ns by b. */
static void quantiles_count_every_call(void **state) {
    (void)state;
    struct profile *profile = small_profile();
    const uint32_t f = location(profile, "f"), a = location(profile, "a"),
                   b = location(profile, "b");
    add(profile, f, b, 1, 7000);
    add(profile, f, a, 35, 20);
    add(profile, f, b, 4, 300);
    add(profile, f, a, 60, 10);
    add(profile, f, a, 9, 0); /* does not say how long */
    struct analysis *analysis = analyse(profile);
    const uint32_t row = function(analysis, "f");
    assert_spread(&analysis->function_spreads[row], 10, 20, 300, 7000);
    assert_spread(&analysis->function_spreads[function(analysis, "a")], 0, 0, 0, 0);
    for (uint32_t i = 0; i < analysis->edge_sums.count; i++) {
        const struct analysis_edge *edge = &analysis->edges[i];
        if (edge->callee != row)
            assert_spread(&analysis->edge_spreads[i], 0, 0, 0, 0);
        else if (edge->caller == function(analysis, "a"))
            assert_spread(&analysis->edge_spreads[i], 10, 20, 20, 20);
        else
            assert_spread(&analysis->edge_spreads[i], 300, 7000, 7000, 7000);
    }
    analysis_free(analysis);
    profile_free(profile);
}

static void a_profile_without_durations_has_none(void **state) {
    (void)state;
    struct profile *profile = small_profile();
    add(profile, location(profile, "f"), location(profile, "a"), 3, 0);
    struct analysis *analysis = analyse(profile);
    assert_null(analysis->function_spreads);
    assert_null(analysis->edge_spreads);
    analysis_free(analysis);
    profile_free(profile);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_count_every_call),
        cmocka_unit_test(a_profile_without_durations_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
