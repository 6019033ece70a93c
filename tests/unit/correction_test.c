/* SPDX-License-Identifier: MIT */
/*
 * Tests of the correction, which subtracts the probes' time: from which contexts, and which loops
 * it learns that time from. Whether the amount is right is measured on real programs by
 * bench/times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
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
    struct correction *correction = correction_new(&snapshot, self, off_cpu, NULL, 0, &error);
    assert_non_null(correction);
    return correction;
}

/* In ticks, of a million. */
static void assert_near(double value, double expected) {
    if (fabs(value - expected) > 1)
        fail_msg("%f, not %f", value, expected);
}

static double sum(const struct correction *correction, size_t value) {
    double total = 0;
    for (uint32_t i = MAIN; i < NODES; i++)
        total += *(const double *)((const char *)&correction->contexts[i] + value);
    return total;
}
#define SUM(correction, value) sum(correction, offsetof(struct correction_context, value))

/* The parts of a context add up to what was measured there, and none is below 0. What contexts have
 * too much is no more than is stated to be unplaced. */
static void assert_adds_up(const struct correction *correction) {
    for (uint32_t i = MAIN; i < NODES; i++) {
        const struct correction_context *context = &correction->contexts[i];
        assert_true(context->on_cpu >= 0 && context->off_cpu >= 0 && context->overhead >= 0);
        assert_near(context->on_cpu + context->off_cpu + context->overhead, context->raw);
        assert_true(context->raw <= fmax(0, (double)self[i]));
    }
    assert_near(SUM(correction, raw), correction->raw_total + correction->unplaced_wall);
    assert_near(SUM(correction, on_cpu),
                correction->cpu_total + correction->unplaced_cpu - SUM(correction, overhead));
    assert_near(SUM(correction, excess), correction->excess_total);
}

/* --- of which contexts ------------------------------------------------------------------------ */

static void a_call_costs_what_it_does_in_the_loop(void **state) {
    struct correction *correction = correct();
    (void)state;
    assert_near(correction->costs.inner + correction->costs.outer, PAIR_TICKS);
    assert_near(correction->overhead_total, COST);
    assert_near(SUM(correction, overhead), COST);
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
    assert_near(correction->contexts[WAITS].overhead, 1000);
    assert_near(correction->contexts[WAITS].excess, CALLS * PAIR_TICKS / 2 - 1000);
    assert_adds_up(correction);
    correction_free(correction);
}

/* If the estimated cost is more than a context took, that says nothing about other contexts. */
static void what_a_context_cannot_pay_is_taken_from_no_other(void **state) {
    struct correction *correction = correct();
    const struct correction_context main_before = correction->contexts[MAIN],
                                    works_before = correction->contexts[WORKS];
    (void)state;
    correction_free(correction);
    self[WAITS] = 10;
    correction = correct();
    assert_near(correction->contexts[WAITS].on_cpu, 0);
    assert_near(correction->contexts[WAITS].excess, CALLS * PAIR_TICKS / 2 - 10);
    assert_memory_equal(&correction->contexts[MAIN], &main_before, sizeof(main_before));
    assert_memory_equal(&correction->contexts[WORKS], &works_before, sizeof(works_before));
    assert_int_equal(correction->excess_contexts, 1);
    assert_adds_up(correction);
    correction_free(correction);
}

/* The thread was taken off the CPU in main(); the next call noticed it. */
static void a_wait_longer_than_its_context_is_unplaced(void **state) {
    struct correction *correction;
    (void)state;
    self[MAIN] = 350000;
    off_cpu[WORKS] = 300000;
    correction = correct();
    assert_near(correction->cpu_total, 1150000);
    assert_near(correction->contexts[WORKS].off_cpu, 100000);
    assert_near(correction->contexts[WORKS].on_cpu, 0);
    assert_near(correction->unplaced_cpu, 200000);
    assert_near(correction->unplaced_wall, 0);
    assert_near(correction->contexts[MAIN].raw, 350000);
    assert_adds_up(correction);
    correction_free(correction);
}

/* Interrupts, or a hypervisor that ran something else: no switch tells when it was. */
static void time_off_the_cpu_of_no_context_is_unplaced(void **state) {
    struct correction *correction = correct();
    const double cpu_total = correction->cpu_total;
    const struct correction_context main_before = correction->contexts[MAIN];
    (void)state;
    correction_free(correction);
    snapshot.header.stray_ticks = 5000;
    correction = correct();
    assert_near(correction->unplaced_cpu, 5000);
    assert_near(correction->unplaced_wall, 0);
    assert_near(correction->cpu_total, cpu_total - 5000);
    assert_memory_equal(&correction->contexts[MAIN], &main_before, sizeof(main_before));
    assert_adds_up(correction);
    correction_free(correction);
}

/* timing=adaptive: a time of one tick in a timed call that stands for 32 calls. */
static void a_time_below_zero_is_zero_and_the_rest_unplaced(void **state) {
    struct correction *correction;
    (void)state;
    add_node(WAITS, MAIN, 1, 32000000);
    self[MAIN] = -30000000;
    off_cpu[WAITS] = 1000000;
    correction = correct();
    assert_near(correction->cpu_total, 1100000);
    assert_near(correction->contexts[MAIN].raw, 0);
    assert_near(correction->unplaced_wall, 30000000);
    assert_near(correction->unplaced_cpu, 30000000);
    assert_near(correction->contexts[WORKS].raw, 100000);
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
    assert_near(correction->contexts[WAITS].off_cpu, 0);
    assert_false(correction->contexts[WAITS].is_timed);
    assert_near(correction->contexts[MAIN].off_cpu, 900000);
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

static void a_plain_run_anchors_every_calls_cost_alike(void **state) {
    struct correction *correction = correct();
    const double main_cost = correction->contexts[MAIN].overhead,
                 works_cost = correction->contexts[WORKS].overhead;
    struct error error = {""};
    (void)state;
    correction_free(correction);
    correction =
        correction_new(&snapshot, self, off_cpu, NULL, (1150000 - 0.5 * COST) / 1e9, &error);
    assert_non_null(correction);
    assert_true(correction->is_anchored);
    assert_near(correction->contexts[MAIN].overhead, main_cost / 2);
    assert_near(correction->contexts[WORKS].overhead, works_cost / 2);
    assert_adds_up(correction);
    correction_free(correction);
}

/* Any numbers at all, as a busy machine or a damaged file may have them. */
static void whatever_was_measured_no_time_is_below_zero_and_sums_hold(void **state) {
    (void)state;
    srand48(1);
    for (int round = 0; round < 20000; round++) {
        for (uint32_t i = MAIN; i < NODES; i++) {
            add_node(i, i == MAIN ? ROOT : MAIN, (uint64_t)(lrand48() % 5000), 0);
            self[i] = (int64_t)(mrand48() % 1000000);
            off_cpu[i] = lrand48() % 3 == 0 ? lrand48() % 1000000 : 0;
            nodes[i].total = 1;
            nodes[i].callee_returns = (uint64_t)(lrand48() % 10000);
        }
        struct correction *correction = correct();
        assert_adds_up(correction);
        correction_free(correction);
    }
}

/* --- the errors of the times ------------------------------------------------------------------ */

static void the_models_errors_of_contexts_add_up_to_that_of_all(void **state) {
    struct correction *correction;
    (void)state;
    self[MAIN] = self[WORKS] = self[WAITS] = 1000000;
    correction = correct();
    assert_near(SUM(correction, error),
                correction->costs.error * 2 * CALLS + correction->costs.inner_error);
    assert_true(correction->contexts[MAIN].error > 0);
    correction_free(correction);
}

static void an_error_is_no_more_than_what_was_measured(void **state) {
    struct correction *correction;
    (void)state;
    self[WORKS] = 20;
    correction = correct();
    assert_near(correction->contexts[WORKS].error, 20);
    correction_free(correction);
}

/* --- from which loops ------------------------------------------------------------------------- */

static void few_loops_beside_the_program_are_not_believed(void **state) {
    struct correction *correction;
    (void)state;
    lane.info.probes = loops(3, PAIR_TICKS);
    correction = correct();
    assert_near(correction->costs.inner + correction->costs.outer, 2 * PAIR_TICKS);
    assert_int_equal(correction->costs.batches, 9);
    correction_free(correction);
}

static void what_counts_instructions_is_a_cost_of_calls(void **state) {
    struct correction *correction = correct();
    const double plain = correction->overhead_total, error = correction->costs.error;
    (void)state;
    correction_free(correction);
    instructions[WORKS] = 1;
    correction = correct();
    assert_true(correction->overhead_total > plain);
    assert_true(correction->costs.error > error);
    correction_free(correction);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_call_costs_what_it_does_in_the_loop, fill),
        cmocka_unit_test_setup(who_waits_runs_no_probes, fill),
        cmocka_unit_test_setup(what_a_context_cannot_pay_is_taken_from_no_other, fill),
        cmocka_unit_test_setup(a_wait_longer_than_its_context_is_unplaced, fill),
        cmocka_unit_test_setup(time_off_the_cpu_of_no_context_is_unplaced, fill),
        cmocka_unit_test_setup(a_time_below_zero_is_zero_and_the_rest_unplaced, fill),
        cmocka_unit_test_setup(a_wait_in_a_counted_call_is_its_callers, fill),
        cmocka_unit_test_setup(waits_do_not_widen_the_bar, fill),
        cmocka_unit_test_setup(a_plain_run_anchors_every_calls_cost_alike, fill),
        cmocka_unit_test_setup(whatever_was_measured_no_time_is_below_zero_and_sums_hold, fill),
        cmocka_unit_test_setup(the_models_errors_of_contexts_add_up_to_that_of_all, fill),
        cmocka_unit_test_setup(an_error_is_no_more_than_what_was_measured, fill),
        cmocka_unit_test_setup(few_loops_beside_the_program_are_not_believed, fill),
        cmocka_unit_test_setup(what_counts_instructions_is_a_cost_of_calls, fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
