/* SPDX-License-Identifier: MIT */
/*
 * Tests of snapshots of wrong segments: each kind of damage gives a line that names it, and
 * snapshot_verify() finds each number that does not add up, except what a killed process may leave.
 * See also damage_test.c, which changes every byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader/build/verify_segment.h"
#include "reader/snapshot/snapshot.h"
#include "segment_sample.h"

enum { THREAD = 1, BLOCK = 2 * SEGMENT_BLOCK_NODES, ROOT = BLOCK, OUTER = BLOCK + 1, INNER };

static struct segment_sample sample;

static int fill(void **state) {
    (void)state;
    sample_fill(&sample);
    return 0;
}

/* --- damage ----------------------------------------------------------------------------------- */

static void assert_refused(size_t size, const char *message) {
    struct error error = {""};
    assert_null(snapshot_from_memory(&sample, size, "s", &error));
    assert_string_equal(error.message, message);
    sample_fill(&sample);
}

static void other_files_are_named_for_what_they_are(void **state) {
    (void)state;
    assert_refused(SEGMENT_HEADER_SIZE - 1, "s: not a segment of cinstr: too short");
    sample.header.magic = 1;
    assert_refused(sizeof(sample), "s: not a segment of cinstr");
    sample.header.magic = 0;
    assert_refused(sizeof(sample), "s: its process is just starting, or ended while it did");
    sample.header.version_major = 5;
    sample.header.version_minor = 7;
    assert_refused(sizeof(sample), "s: written by another version (5.7; this one reads 4)");
    sample.header.byte_order = UINT32_C(0x04030201);
    assert_refused(sizeof(sample), "s: of a machine with another byte order");
}

static void sections_and_columns_outside_are_named(void **state) {
    static const char *const names[] = {"modules", "lanes", "labels", "blocks", "nodes", "heap"};
    char message[64];
    (void)state;
    for (int i = 0; i < SEGMENT_SECTION_COUNT; i++) {
        snprintf(message, sizeof(message), "s: damaged: its %s lie outside", names[i]);
        sample.header.sections[i].offset = sizeof(sample) - 1;
        assert_refused(sizeof(sample), message);
        sample.header.sections[i].offset = UINT64_MAX;
        assert_refused(sizeof(sample), message);
        sample.header.sections[i].capacity = 0;
        assert_refused(sizeof(sample), message);
        sample.header.sections[i].element_size = 0;
        assert_refused(sizeof(sample), message);
    }
    sample.header.sections[SEGMENT_SECTION_NODES].element_size = 128;
    sample.header.sections[SEGMENT_SECTION_NODES].count /= 2;
    assert_refused(sizeof(sample), "s: its nodes are not of this version");
    sample.header.sections[SEGMENT_SECTION_BLOCKS].count--;
    assert_refused(sizeof(sample), "s: damaged: more nodes than blocks hold");
    sample.header.column_count = SEGMENT_MAX_COLUMNS + 1;
    assert_refused(sizeof(sample), "s: damaged: 25 columns");
    sample.header.columns[2].offset = sizeof(sample);
    assert_refused(sizeof(sample), "s: damaged: column 2 lies outside");
    sample.header.columns[3].element_size = 4;
    assert_refused(sizeof(sample), "s: damaged: column 3 lies outside");
}

static void trees_that_are_none_are_named(void **state) {
    (void)state;
    sample.blocks[THREAD + 1].count = SEGMENT_BLOCK_NODES + 1;
    assert_refused(sizeof(sample), "s: damaged: block 2 holds too many nodes");
    sample.nodes[OUTER].parent = INNER;
    assert_refused(sizeof(sample), "s: damaged: node 129 has no parent");
    sample.nodes[INNER].parent = INNER;
    assert_refused(sizeof(sample), "s: damaged: node 130 has no parent");
    sample.nodes[INNER].parent = SAMPLE_NODES;
    assert_refused(sizeof(sample), "s: damaged: node 130 has no parent");
    sample.nodes[INNER].parent = BLOCK + SEGMENT_BLOCK_NODES - 1; /* not in use */
    assert_refused(sizeof(sample), "s: damaged: node 130 has no parent");
}

static void open_calls_of_nothing_are_named(void **state) {
    (void)state;
    sample.lanes[THREAD].frames = sizeof(sample);
    assert_refused(sizeof(sample), "s: damaged: a shadow stack lies outside");
    sample.lanes[THREAD].frame_capacity = UINT64_MAX;
    memset(sample.frames[THREAD], 0xff, sizeof(sample.frames) - sizeof(sample.frames[0]));
    assert_refused(sizeof(sample), "s: damaged: a shadow stack lies outside");
    sample.frames[THREAD][1].node += 8;
    assert_refused(sizeof(sample), "s: damaged: an open call of no context");
    sample.frames[THREAD][1].node = SAMPLE_BASE - 64;
    assert_refused(sizeof(sample), "s: damaged: an open call of no context");
    sample.frames[THREAD][1].node += SEGMENT_BLOCK_NODES * sizeof(struct segment_node) / 2;
    assert_refused(sizeof(sample), "s: damaged: an open call of no context");
}

/* --- numbers that do not add up --------------------------------------------------------------- */

static char found[512];

static void note(void *context, const char *line) {
    (void)context;
    snprintf(found, sizeof(found), "%s", line);
}

/* The number of violations; the last one is in `found`. */
static unsigned verify(struct snapshot_totals *totals) {
    struct error error = {""};
    struct snapshot *snapshot = snapshot_from_memory(&sample, sizeof(sample), "s", &error);
    if (snapshot == NULL)
        fail_msg("%s", error.message);
    found[0] = '\0';
    unsigned violations = snapshot_verify(snapshot, totals, note, NULL);
    snapshot_free(snapshot);
    sample_fill(&sample);
    return violations;
}

static void assert_found(const char *line) {
    struct snapshot_totals totals;
    assert_int_equal(verify(&totals), 1);
    assert_string_equal(found, line);
}

static void calls_that_never_ended_are_found(void **state) {
    (void)state;
    sample.nodes[INNER].calls += 2;
    assert_found("thread 4321: 18 calls + 0 carried over - 15 exits leave 3 to 3 open, but 1 are");
    sample.nodes[ROOT].callee_returns += 2;
    assert_found(
        "thread 4321: 16 calls + 0 carried over - 17 exits leave -1 to -1 open, but 1 are");
    sample.scalars[0][INNER] += 2;
    assert_found(
        "thread 4321: 16 calls + 0 carried over - 17 exits leave -1 to -1 open, but 1 are");
    sample.lanes[THREAD].carried = 2;
    assert_found("thread 4321: 16 calls + 2 carried over - 15 exits leave 3 to 3 open, but 1 are");
}

static void what_ended_threads_left_is_exact(void **state) {
    (void)state;
    sample.nodes[SEGMENT_BLOCK_NODES + 2].calls++;
    assert_found("ended threads: 7 calls + 0 carried over - 6 exits leave 1 to 1 open, but 0 are");
    sample.nodes[SEGMENT_BLOCK_NODES].self++;
    assert_found("ended threads: self times are 1 ticks apart from the time below the root");
}

static void times_that_do_not_cancel_out_are_found(void **state) {
    (void)state;
    sample.nodes[INNER].self += 900000;
    assert_found("thread 4321: self times are 900000 ticks apart from the time below the root");
    sample.nodes[ROOT].self -= 900000;
    sample.nodes[OUTER].self += 900000;
    assert_found("thread 4321: 900000 ticks in its calls, but it began 898000 ago");
}

static void set_this_boot(void) {
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    char digits[3] = "";
    assert_non_null(file);
    for (size_t i = 0; i < sizeof(sample.header.boot_id); i++) {
        assert_int_equal(fscanf(file, "%*[-]") + fscanf(file, "%2[0-9a-f]", digits) >= 0, true);
        sample.header.boot_id[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    fclose(file);
}

/* Only its calls show the time since the recorder last read the clock. */
static void a_killed_process_lived_as_long_as_its_calls(void **state) {
    struct snapshot_totals totals;
    (void)state;
    sample.header.state = SEGMENT_LIVE;
    sample.nodes[ROOT].self -= 900000;
    sample.nodes[OUTER].self += 900000;
    assert_int_equal(verify(&totals), 0);
    /* But not beyond the present. */
    sample.header.state = SEGMENT_LIVE;
    set_this_boot();
    sample.nodes[ROOT].self -= UINT64_C(1) << 61;
    sample.nodes[OUTER].self += UINT64_C(1) << 61;
    assert_found("thread 4321: 2305843009213693952 ticks in its calls, but it began 898000 ago");
}

/* Killed within a hook, with a call's time in one place of two. */
static void half_a_hook_of_a_killed_thread_is_no_error(void **state) {
    struct snapshot_totals totals;
    (void)state;
    sample.nodes[INNER].self += 5000;
    assert_int_equal(verify(&totals), 0);
    sample.nodes[OUTER].self -= 5000;
    assert_int_equal(verify(&totals), 0);
}

static void a_lane_without_its_root_is_found(void **state) {
    (void)state;
    sample.lanes[THREAD].root = 0;
    assert_found("lane 1 has no root");
    sample.lanes[THREAD].root = SEGMENT_BLOCK_NODES; /* another lane's */
    assert_found("lane 1 has no root");
}

/* --- states that a killed process may leave --------------------------------------------------- */

static void one_event_half_done_is_no_violation(void **state) {
    struct snapshot_totals totals;
    (void)state;
    sample.nodes[INNER].calls++; /* counted, its frame not yet pushed */
    assert_int_equal(verify(&totals), 0);
    assert_int_equal(totals.calls, 4 * 6 + 3 + 7 + 1);
    assert_int_equal(totals.open, 3);
    sample.nodes[ROOT].callee_returns++; /* counted, its frame not yet popped */
    assert_int_equal(verify(&totals), 0);
    sample.nodes[INNER].self += 400; /* its time not yet taken from its caller's */
    assert_int_equal(verify(&totals), 0);
}

static void a_thread_half_merged_is_said_not_blamed(void **state) {
    struct snapshot_totals totals;
    struct error error = {""};
    (void)state;
    sample.header.merge_sequence = 7;
    sample.nodes[SEGMENT_BLOCK_NODES + 2].calls += 100;
    struct snapshot *snapshot = snapshot_from_memory(&sample, sizeof(sample), "s", &error);
    assert_non_null(snapshot);
    assert_true(snapshot->is_torn);
    snapshot_free(snapshot);
    assert_int_equal(verify(&totals), 0);
}

static void a_reset_that_a_lane_has_not_seen_clears_it(void **state) {
    struct snapshot_totals totals;
    (void)state;
    sample.header.reset_epoch = 1;
    for (int i = 0; i < SAMPLE_LANES; i++)
        sample.lanes[i].reset_epoch = i != THREAD;
    assert_int_equal(verify(&totals), 0);
    assert_int_equal(totals.calls, 3 * 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_files_are_named_for_what_they_are),
        cmocka_unit_test(sections_and_columns_outside_are_named),
        cmocka_unit_test(trees_that_are_none_are_named),
        cmocka_unit_test(open_calls_of_nothing_are_named),
        cmocka_unit_test(calls_that_never_ended_are_found),
        cmocka_unit_test(what_ended_threads_left_is_exact),
        cmocka_unit_test(times_that_do_not_cancel_out_are_found),
        cmocka_unit_test(a_killed_process_lived_as_long_as_its_calls),
        cmocka_unit_test(half_a_hook_of_a_killed_thread_is_no_error),
        cmocka_unit_test(a_lane_without_its_root_is_found),
        cmocka_unit_test(one_event_half_done_is_no_violation),
        cmocka_unit_test(a_thread_half_merged_is_said_not_blamed),
        cmocka_unit_test(a_reset_that_a_lane_has_not_seen_clears_it),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
