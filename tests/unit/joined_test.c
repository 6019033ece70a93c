/* SPDX-License-Identifier: MIT */
/*
 * What the probes took of each context, by the recorder's loop and by the run's samples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "reader/build/joined.h"

/* A root; a function in two contexts; two functions in one each. */
enum { ROOT = 1, FIRST, SECOND, OTHER, THIRD, NODES };

#define CPU 1000.0 /* ticks of each context; the loop says that half of them are the probes' */

static struct segment_node nodes[NODES];
static struct snapshot snapshot;
static double own[NODES + 1], probes[NODES + 1], cpu[NODES + 1];
static double costs[NODES + 1], variances[NODES + 1];

static int set_up(void **state) {
    (void)state;
    memset(own, 0, sizeof(own));
    memset(probes, 0, sizeof(probes));
    memset(variances, 0, sizeof(variances));
    nodes[ROOT].function = SEGMENT_FUNCTION_ROOT;
    nodes[FIRST].function = nodes[SECOND].function = 16;
    nodes[OTHER].function = 32;
    nodes[THIRD].function = 48;
    for (int i = FIRST; i < NODES; i++) {
        cpu[i] = CPU;
        costs[i] = CPU / 2;
    }
    snapshot = (struct snapshot){.nodes = nodes, .node_count = NODES};
    snapshot.header.timing = SEGMENT_TIMING_ADAPTIVE; /* no clock hides the program's work */
    return 0;
}

static void sample(int node, double of_own, double of_probes) {
    own[node] = of_own;
    probes[node] = of_probes;
}

static void join(void) {
    const struct probe_samples samples = {own, probes};
    struct joined *joined = joined_new(NODES);
    assert_non_null(joined);
    memcpy(joined->cpu, cpu, sizeof(cpu));
    memcpy(joined->costs, costs, sizeof(costs));
    joined_estimate_costs(joined, &snapshot, &samples);
    memcpy(costs, joined->costs, sizeof(costs));
    memcpy(variances, joined->variances, sizeof(variances));
    joined_free(joined);
}

static void assert_share(int node, double least, double most) {
    if (costs[node] / CPU < least || costs[node] / CPU > most)
        fail_msg("context %d: %f, not %f to %f", node, costs[node] / CPU, least, most);
}

static void without_samples_the_loop_has_the_word(void **state) {
    (void)state;
    join();
    for (int i = FIRST; i < NODES; i++)
        assert_share(i, 0.4999, 0.5001);
}

static void many_samples_of_a_context_have_the_word(void **state) {
    (void)state;
    sample(FIRST, 90000, 10000);
    sample(SECOND, 10000, 90000);
    join();
    assert_share(FIRST, 0.099, 0.101);
    assert_share(SECOND, 0.899, 0.901);
}

static void a_context_without_samples_has_its_functions_share(void **state) {
    (void)state;
    sample(FIRST, 9000, 1000);
    sample(OTHER, 1000, 9000);
    join();
    assert_share(SECOND, 0.1, 0.25);
}

static void a_function_without_samples_has_the_runs_share(void **state) {
    (void)state;
    sample(FIRST, 9000, 1000);
    sample(OTHER, 9000, 1000);
    join();
    assert_share(THIRD, 0.09, 0.2);
}

static void what_the_loop_knows_of_two_functions_stays(void **state) {
    (void)state;
    costs[OTHER] = CPU * 3 / 4; /* odds of 3, where the first has 1 */
    sample(FIRST, 9000, 1000);
    join();
    const double first = costs[FIRST] / (CPU - costs[FIRST]);
    const double other = costs[OTHER] / (CPU - costs[OTHER]);
    assert_true(other / first > 1.5);
}

static void more_samples_leave_less_doubt(void **state) {
    (void)state;
    sample(FIRST, 5, 5);
    sample(SECOND, 5, 5);
    join();
    const double few = variances[FIRST];
    set_up(NULL);
    sample(FIRST, 500, 500);
    sample(SECOND, 500, 500);
    join();
    assert_true(variances[FIRST] > 0);
    assert_true(variances[FIRST] < few / 4);
}

static void no_share_is_below_0_or_above_all(void **state) {
    (void)state;
    costs[FIRST] = 5 * CPU;
    costs[OTHER] = 0;
    sample(FIRST, 0, 100000);
    sample(OTHER, 100000, 0);
    join();
    for (int i = FIRST; i < NODES; i++)
        assert_share(i, 0, 1);
}

static void a_context_without_cpu_time_keeps_what_it_has(void **state) {
    (void)state;
    cpu[THIRD] = 0;
    costs[THIRD] = 7;
    sample(THIRD, 3, 4);
    join();
    assert_true(costs[THIRD] == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_samples_the_loop_has_the_word, set_up),
        cmocka_unit_test_setup(many_samples_of_a_context_have_the_word, set_up),
        cmocka_unit_test_setup(a_context_without_samples_has_its_functions_share, set_up),
        cmocka_unit_test_setup(a_function_without_samples_has_the_runs_share, set_up),
        cmocka_unit_test_setup(what_the_loop_knows_of_two_functions_stays, set_up),
        cmocka_unit_test_setup(more_samples_leave_less_doubt, set_up),
        cmocka_unit_test_setup(no_share_is_below_0_or_above_all, set_up),
        cmocka_unit_test_setup(a_context_without_cpu_time_keeps_what_it_has, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
