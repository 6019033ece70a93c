/* SPDX-License-Identifier: MIT */
/*
 * What is taken out of the times for the probes: of which contexts, and from which loops it is
 * known. How much that should be only real programs can tell: bench/times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "reader/build/correction.h"

/* A root, main, and two functions that it calls; a tick is a nanosecond. */
enum { ROOT = 1, MAIN, WORKS, WAITS, NODES };

#define CALLS      UINT64_C(1000)
#define PAIR_TICKS UINT64_C(20) /* of the loop, half of it within the two time stamps */
#define COST       (2 * CALLS * PAIR_TICKS + PAIR_TICKS / 2) /* nobody is seen to call main() */

static struct segment_node nodes[NODES];
static uint32_t node_lane[NODES];
static struct snapshot_lane lane;
static struct snapshot snapshot;
static uint64_t instructions[NODES];
static int64_t self[NODES], off_cpu[NODES];

static struct segment_probe_sums loops(uint64_t batches, uint64_t pair_ticks) {
    const uint64_t pairs = batches * SEGMENT_LOOP_PAIRS;

    return (struct segment_probe_sums){
        .batches = batches,
        .inner = pairs * pair_ticks / 2,
        .outer = pairs * pair_ticks / 2,
        .untimed = pairs * pair_ticks / 4,
    };
}

static void add_instructions(void) {
    snapshot.header.column_count = 1;
    strcpy(snapshot.header.columns[0].name, "instructions");
    snapshot.header.columns[0].element_size = sizeof(instructions[0]);
    snapshot.columns[0] = (unsigned char *)instructions;
}

static void add_node(uint32_t index, uint32_t parent, uint64_t calls, int64_t ticks) {
    nodes[index] = (struct segment_node){
        .function = index == ROOT ? SEGMENT_FUNCTION_ROOT : index,
        .parent = parent,
        .calls = calls,
        .total = (uint64_t)ticks,
    };
    self[index] = ticks;
}

static int fill(void **state) {
    (void)state;
    memset(&snapshot, 0, sizeof(snapshot));
    memset(off_cpu, 0, sizeof(off_cpu));
    memset(instructions, 0, sizeof(instructions));
    add_node(ROOT, 0, 0, 0);
    add_node(MAIN, ROOT, 1, 50000);
    add_node(WORKS, MAIN, CALLS, 100000);
    add_node(WAITS, MAIN, CALLS, 1000000);
    nodes[ROOT].callee_returns = 1;
    nodes[MAIN].callee_returns = 2 * CALLS;
    node_lane[0] = SNAPSHOT_NONE;
    lane.info.probes = loops(100, PAIR_TICKS);
    snapshot.header.timing = SEGMENT_TIMING_EXACT;
    snapshot.header.start_probes = loops(9, 2 * PAIR_TICKS);
    snapshot.ticks_per_second = 1e9;
    snapshot.lanes = &lane;
    snapshot.lane_count = 1;
    snapshot.nodes = nodes;
    snapshot.node_lane = node_lane;
    snapshot.node_count = NODES;
    add_instructions();
    return 0;
}

static struct correction *correct(void) {
    struct error error = {""};
    struct correction *correction = correction_new(&snapshot, self, off_cpu, 0, &error);

    assert_non_null(correction);
    return correction;
}

/* In ticks, of a million. */
static void assert_near(double value, double expected) {
    if (fabs(value - expected) > 1)
        fail_msg("%f, not %f", value, expected);
}

static double sum(const double *ticks) {
    return ticks[MAIN] + ticks[WORKS] + ticks[WAITS];
}

/* What is left adds up, and no context's is below 0. */
static void assert_adds_up(const struct correction *correction) {
    assert_near(sum(correction->on_cpu), correction->cpu_total - correction->overhead_total);
    assert_near(sum(correction->overhead), correction->overhead_total);
    for (uint32_t i = MAIN; i < NODES; i++)
        assert_true(correction->on_cpu[i] >= 0 && correction->overhead[i] >= 0);
}

/* --- of which contexts --------------------------------------------------------------------------
 */

static void a_call_costs_what_it_does_in_the_loop(void **state) {
    struct correction *correction = correct();

    (void)state;
    assert_near(correction->inner + correction->outer, PAIR_TICKS);
    assert_near(correction->overhead_total, COST);
    assert_near(correction->cpu_total, 1150000);
    assert_adds_up(correction);
    correction_free(correction);
}

static void who_waits_runs_no_probes(void **state) {
    struct correction *correction;

    (void)state;
    off_cpu[WAITS] = 999000;
    correction = correct();
    assert_near(correction->cpu_total, 151000);
    assert_near(correction->overhead[WAITS], 1000);
    assert_adds_up(correction);
    correction_free(correction);
}

/* The thread was taken off the CPU in main(), which the next call found out. */
static void a_wait_that_was_seen_late_adds_no_time(void **state) {
    struct correction *correction;

    (void)state;
    self[MAIN] = 350000;
    off_cpu[WORKS] = 300000;
    correction = correct();
    assert_near(correction->cpu_total, 1150000);
    assert_adds_up(correction);
    correction_free(correction);
}

/* timing=adaptive: one in a timed call, of which 32 are reckoned. */
static void a_wait_that_was_scaled_up_adds_no_time(void **state) {
    struct correction *correction;

    (void)state;
    add_node(WAITS, MAIN, 1, 32000000);
    self[MAIN] = -30000000;
    off_cpu[WAITS] = 1000000;
    correction = correct();
    assert_near(correction->cpu_total, 1100000);
    assert_adds_up(correction);
    correction_free(correction);
}

static void a_wait_in_a_counted_call_is_its_callers(void **state) {
    struct correction *correction;

    (void)state;
    add_node(WAITS, MAIN, CALLS, 0);
    self[MAIN] = 1000000;
    off_cpu[WAITS] = 900000;
    correction = correct();
    assert_near(correction->off_cpu[WAITS], 0);
    assert_near(correction->off_cpu[MAIN], 900000);
    assert_adds_up(correction);
    correction_free(correction);
}

static void waits_do_not_widen_the_bar(void **state) {
    struct correction *correction = correct();
    const double error = correction->error_total;

    (void)state;
    correction_free(correction);
    self[WAITS] += 100000000;
    off_cpu[WAITS] += 100000000;
    correction = correct();
    assert_near(correction->error_total, error);
    correction_free(correction);
}

/* --- from which loops ---------------------------------------------------------------------------
 */

static void few_loops_beside_the_program_are_not_believed(void **state) {
    struct correction *correction;

    (void)state;
    lane.info.probes = loops(3, PAIR_TICKS);
    correction = correct();
    assert_near(correction->inner + correction->outer, 2 * PAIR_TICKS);
    assert_int_equal(correction->batches, 9);
    correction_free(correction);
}

static void what_counts_instructions_is_a_cost_of_calls(void **state) {
    struct correction *correction = correct();
    const double plain = correction->overhead_total, error = correction->error;

    (void)state;
    correction_free(correction);
    instructions[WORKS] = 1;
    correction = correct();
    assert_true(correction->overhead_total > plain);
    assert_true(correction->error > error);
    correction_free(correction);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_call_costs_what_it_does_in_the_loop, fill),
        cmocka_unit_test_setup(who_waits_runs_no_probes, fill),
        cmocka_unit_test_setup(a_wait_that_was_seen_late_adds_no_time, fill),
        cmocka_unit_test_setup(a_wait_that_was_scaled_up_adds_no_time, fill),
        cmocka_unit_test_setup(a_wait_in_a_counted_call_is_its_callers, fill),
        cmocka_unit_test_setup(waits_do_not_widen_the_bar, fill),
        cmocka_unit_test_setup(few_loops_beside_the_program_are_not_believed, fill),
        cmocka_unit_test_setup(what_counts_instructions_is_a_cost_of_calls, fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
