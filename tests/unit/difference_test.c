/* SPDX-License-Identifier: MIT */
/*
 * Tests of the difference of two snapshots: one thread went on in between, and one ended, so that
 * its calls moved to lane 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../segment_sample.h"
#include "reader/build/difference.h"

enum { ENDED, THREAD = 3 }; /* lanes; between them a thread and its signal handler */

static struct segment_sample before, after;

#define NODE(lane, number) (((lane) + 1) * SEGMENT_BLOCK_NODES + (number))
enum { ROOT, OUTER, INNER };

/* Three lanes have an open call each; the handler's interrupts another. */
#define OPEN_TIME (2 * 100000)

/* Ticks are nanoseconds here, and the cost of the probes is not known. */
static int fill(void **state) {
    (void)state;
    sample_fill(&before);
    before.header.state = SEGMENT_LIVE;
    sample_fill(&after);
    after.header.latest.ticks = before.header.latest.ticks + 100000;
    after.header.latest.monotonic_ns = before.header.latest.monotonic_ns + 100000;
    return 0;
}

static struct snapshot *take(const struct segment_sample *sample) {
    struct error error = {""};
    struct snapshot *snapshot = snapshot_from_memory(sample, sizeof(*sample), "s", &error);
    if (snapshot == NULL)
        fail_msg("%s", error.message);
    return snapshot;
}

static struct profile *subtract(void) {
    const struct build_options options = {.kind = "exact", .by_thread = true};
    struct snapshot *first = take(&before), *second = take(&after);
    struct error error = {""};
    struct difference *difference = difference_begin(first, &options, &error);
    struct profile *profile = difference_end(difference, second, &error);
    if (profile == NULL)
        fail_msg("%s", error.message);
    difference_free(difference);
    snapshot_free(first);
    snapshot_free(second);
    return profile;
}

static int64_t sum(const struct profile *profile, const char *value) {
    const uint32_t type = profile_find_value_type(profile, value);
    int64_t total = 0;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        assert_true(profile->samples[i].values[type] >= 0);
        total += profile->samples[i].values[type];
    }
    return total;
}

static bool says(const struct profile *profile, const char *comment) {
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (strncmp(profile->comments[i], comment, strlen(comment)) == 0)
            return true;
    }
    return false;
}

/* A call of `inner` in the thread that goes on. */
static void call_once_more(uint64_t ticks) {
    after.nodes[NODE(THREAD, INNER)].calls++;
    after.nodes[NODE(THREAD, INNER)].self += ticks;
    after.nodes[NODE(THREAD, INNER)].total += ticks;
    after.nodes[NODE(THREAD, OUTER)].self -= ticks;
    after.nodes[NODE(THREAD, OUTER)].callee_returns++;
}

/* The thread's nodes are added to those of ended threads, below the same root, as new ones. */
static void end_thread(void) {
    const uint32_t from = NODE(THREAD, OUTER), to = NODE(ENDED, INNER + 1);
    struct segment_node *nodes = after.nodes;
    for (uint32_t i = 0; i < 2; i++) {
        nodes[to + i] = nodes[from + i];
        for (int k = 0; k < SAMPLE_SCALARS - 1; k++)
            after.scalars[k][to + i] = after.scalars[k][from + i];
        memcpy(after.histograms[to + i], after.histograms[from + i], sizeof(after.histograms[0]));
    }
    nodes[to].parent = NODE(ENDED, ROOT);
    nodes[to + 1].parent = to;
    nodes[to].self += 50000; /* the outer call has ended, after so long */
    nodes[to].total += 50000;
    nodes[NODE(ENDED, ROOT)].self -= 50000;
    nodes[NODE(ENDED, ROOT)].callee_returns++;
    after.blocks[ENDED + 1].count += 2;
    after.lanes[THREAD].generation++;
    after.lanes[THREAD].state = SEGMENT_LANE_FREE;
    after.blocks[THREAD + 1].lane = 0;
    after.lanes[ENDED].threads++;
}

static void nothing_new_is_the_time_of_open_calls_alone(void **state) {
    (void)state;
    struct profile *profile = subtract();
    assert_int_equal(sum(profile, "calls"), 0);
    assert_int_equal(sum(profile, "wall"), OPEN_TIME);
    assert_int_equal(profile->duration_ns, 100000);
    assert_true(says(profile, "calls 0 = returns 0 + unwinds 0 + open 3 - carried 3"));
    profile_free(profile);
}

static void a_call_in_between_is_all_there_is_of_its_context(void **state) {
    (void)state;
    call_once_more(7000);
    struct profile *profile = subtract();
    const uint32_t wall = profile_find_value_type(profile, "wall");

    assert_int_equal(sum(profile, "calls"), 1);
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        if (profile->samples[i].values[0] == 1)
            assert_int_equal(profile->samples[i].values[wall], 7000);
    }
    assert_true(says(profile, "calls 1 = returns 1 + unwinds 0 + open 3 - carried 3"));
    profile_free(profile);
}

static void calls_of_a_thread_that_ended_in_between_do_not_count_again(void **state) {
    (void)state;
    call_once_more(7000);
    end_thread();
    struct profile *profile = subtract();

    assert_int_equal(sum(profile, "calls"), 1);
    assert_true(says(profile, "calls 1 = returns 2 + unwinds 0 + open 2 - carried 3"));
    profile_free(profile);
}

/* Its node was read before it ended, the open calls afterwards. */
static void a_call_that_ended_while_the_first_was_taken_has_no_time(void **state) {
    (void)state;
    after.nodes[NODE(THREAD, INNER)].self += 60000;
    after.nodes[NODE(THREAD, INNER)].total += 60000;
    struct profile *profile = subtract();

    assert_int_equal(sum(profile, "wall"), OPEN_TIME);
    profile_free(profile);
}

static void no_context_has_more_time_than_there_was(void **state) {
    (void)state;
    call_once_more(7000000);
    struct profile *profile = subtract();
    const uint32_t wall = profile_find_value_type(profile, "wall");

    for (uint32_t i = 0; i < profile->sample_count; i++) {
        assert_true(profile->samples[i].values[0] != 1 ||
                    profile->samples[i].values[wall] == 100000);
    }
    profile_free(profile);
}

static void a_reset_in_between_is_where_it_begins(void **state) {
    (void)state;
    after.header.reset_epoch = 1;
    for (int i = 0; i < SAMPLE_LANES; i++)
        after.lanes[i].reset_epoch = 1;
    struct profile *profile = subtract();

    int64_t calls = 0;
    for (uint32_t i = 0; i < SAMPLE_NODES; i++)
        calls += (int64_t)after.nodes[i].calls;
    assert_int_equal(sum(profile, "calls"), calls);
    profile_free(profile);
}

static void two_processes_have_no_difference(void **state) {
    const struct build_options options = {.kind = "exact"};
    struct error error = {""};
    (void)state;
    after.header.random_id++;
    struct snapshot *first = take(&before), *second = take(&after);
    struct difference *difference = difference_begin(first, &options, &error);
    assert_null(difference_end(difference, second, &error));
    assert_string_equal(error.message, "the two snapshots are of different processes");
    difference_free(difference);
    snapshot_free(first);
    snapshot_free(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_new_is_the_time_of_open_calls_alone, fill),
        cmocka_unit_test_setup(a_call_in_between_is_all_there_is_of_its_context, fill),
        cmocka_unit_test_setup(calls_of_a_thread_that_ended_in_between_do_not_count_again, fill),
        cmocka_unit_test_setup(a_call_that_ended_while_the_first_was_taken_has_no_time, fill),
        cmocka_unit_test_setup(no_context_has_more_time_than_there_was, fill),
        cmocka_unit_test_setup(a_reset_in_between_is_where_it_begins, fill),
        cmocka_unit_test_setup(two_processes_have_no_difference, fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
