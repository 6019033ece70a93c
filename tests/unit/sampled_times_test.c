/* SPDX-License-Identifier: MIT */
/*
 * The times of a run that was counted and sampled: what samples say of each context, and what the
 * plugin's code took of it by the number of its calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "reader/build/sampled_times.h"

/* A root; a function in two contexts; one more function; a context without calls or samples. */
enum { ROOT = 1, FIRST, SECOND, OTHER, UNUSED, NODES };

#define TICK 1000.0 /* ticks from one sample to the next */

static struct segment_node nodes[NODES];
static uint32_t node_lane[NODES];
static struct snapshot_sample one_sample;
static struct snapshot snapshot;
static double own[NODES], probes[NODES];
static double measured[NODES], costs[NODES], variances[NODES];

static int set_up(void **state) {
    (void)state;
    memset(nodes, 0, sizeof(nodes));
    memset(own, 0, sizeof(own));
    memset(probes, 0, sizeof(probes));
    memset(measured, 0, sizeof(measured));
    memset(costs, 0, sizeof(costs));
    memset(variances, 0, sizeof(variances));
    nodes[ROOT].function = SEGMENT_FUNCTION_ROOT;
    nodes[FIRST].function = nodes[SECOND].function = 16;
    nodes[OTHER].function = 32;
    nodes[UNUSED].function = 48;
    node_lane[UNUSED] = SNAPSHOT_NONE;
    one_sample = (struct snapshot_sample){.count = 1, .periods = 1};
    snapshot = (struct snapshot){.nodes = nodes,
                                 .node_lane = node_lane,
                                 .node_count = NODES,
                                 .samples = &one_sample,
                                 .sample_count = 1,
                                 .ticks_per_second = 1e9};
    snapshot.header.sampling.period_ns = (uint64_t)TICK;
    return 0;
}

static void find(double untimed) {
    const struct probe_samples samples = {own, probes};
    const struct sampled_times times = {measured, costs, variances};
    sampled_times_find(&times, &snapshot, &samples, untimed);
}

static void assert_near(double found, double wanted) {
    if (fabs(found - wanted) > 0.01 * TICK)
        fail_msg("%f, not %f", found, wanted);
}

static void runs_without_a_timed_call_have_their_times_from_samples(void **state) {
    (void)state;
    const struct probe_samples samples = {own, probes};
    int64_t self[NODES] = {[ROOT] = -5};
    assert_true(sampled_times_are_all(&snapshot, self, &samples));
    assert_false(sampled_times_are_all(&snapshot, self, NULL));
    self[OTHER] = 1; /* a timed call that is open */
    assert_false(sampled_times_are_all(&snapshot, self, &samples));
    self[OTHER] = 0;
    nodes[FIRST].total = 1;
    assert_false(sampled_times_are_all(&snapshot, self, &samples));
}

static void a_contexts_time_is_that_of_its_samples(void **state) {
    (void)state;
    own[FIRST] = 70;
    own[OTHER] = 30;
    find(0);
    assert_near(measured[FIRST], 70 * TICK);
    assert_near(measured[SECOND], 0);
    assert_near(measured[OTHER], 30 * TICK);
    assert_near(costs[FIRST] + costs[OTHER], 0);
}

static void several_periods_may_end_at_a_sample(void **state) {
    (void)state;
    one_sample.count = 2;
    one_sample.periods = 6;
    own[FIRST] = 10;
    find(0);
    assert_near(measured[FIRST], 30 * TICK);
}

static void samples_in_the_recorder_are_the_probes(void **state) {
    (void)state;
    own[FIRST] = 70;
    probes[FIRST] = 30;
    find(0);
    assert_near(measured[FIRST], 100 * TICK);
    assert_near(costs[FIRST], 30 * TICK);
}

static void what_calls_cost_is_taken_out_of_all_functions_in_proportion(void **state) {
    (void)state;
    own[FIRST] = 50;
    own[SECOND] = 30;
    own[OTHER] = 20;
    nodes[FIRST].calls = 1;
    nodes[OTHER].calls = 9;
    find(TICK);
    assert_near(costs[FIRST], 5 * TICK);
    assert_near(costs[SECOND], 3 * TICK);
    assert_near(costs[OTHER], 2 * TICK);
}

static void most_of_a_functions_time_may_be_the_probes_but_not_all(void **state) {
    (void)state;
    own[FIRST] = 100;
    nodes[FIRST].calls = 1000000;
    find(TICK);
    assert_near(costs[FIRST], 95 * TICK);
}

static void chance_is_that_of_the_samples_that_are_left(void **state) {
    (void)state;
    own[FIRST] = 100;
    probes[FIRST] = 50;
    find(0);
    assert_near(sqrt(variances[FIRST]), 10 * TICK);
    assert_near(variances[SECOND], 0);
}

static void without_samples_there_are_no_times(void **state) {
    (void)state;
    snapshot.sample_count = 0;
    nodes[FIRST].calls = 1000;
    find(TICK);
    assert_near(measured[FIRST], 0);
    assert_near(costs[FIRST], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(runs_without_a_timed_call_have_their_times_from_samples, set_up),
        cmocka_unit_test_setup(a_contexts_time_is_that_of_its_samples, set_up),
        cmocka_unit_test_setup(several_periods_may_end_at_a_sample, set_up),
        cmocka_unit_test_setup(samples_in_the_recorder_are_the_probes, set_up),
        cmocka_unit_test_setup(what_calls_cost_is_taken_out_of_all_functions_in_proportion, set_up),
        cmocka_unit_test_setup(most_of_a_functions_time_may_be_the_probes_but_not_all, set_up),
        cmocka_unit_test_setup(chance_is_that_of_the_samples_that_are_left, set_up),
        cmocka_unit_test_setup(without_samples_there_are_no_times, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
