/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree/shadow.c: the time of each open call is charged once, to itself and not to
 * its caller; self times add up to the total of the outermost call; calls that did not return are
 * counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/segment/segment_arena.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/shadow.h"
#include "tree_tests.h"

static int make(void **state) {
    (void)state;
    return tree_make("");
}

static int make_with_histogram(void **state) {
    (void)state;
    return tree_make("histogram=1");
}

static struct segment_node *top_node(void) {
    return (struct segment_node *)tree_lane->top->node;
}

static uint64_t depth(void) {
    return (uint64_t)(tree_lane->top - shadow_base(tree_lane));
}

/* A call at `start` ticks; stacks grow downwards. */
static struct segment_node *enter(unsigned callee, uint64_t start) {
    struct segment_node *node = tree_child(tree_lane, top_node(), function(callee), callee);
    assert_non_null(node);
    node->calls++;
    assert_true(shadow_push(tree_lane, node, 0x10000000 - 64 * depth(), start));
    return node;
}

static void assert_times(const struct segment_node *node, uint64_t self, uint64_t total) {
    assert_int_equal(node->self, self);
    assert_int_equal(node->total, total);
}

static void a_call_is_charged_to_itself_and_not_to_its_caller(void **state) {
    (void)state;
    struct segment_node *outer = enter(1, 100), *inner = enter(2, 130);
    shadow_pop(tree_lane, 150, false);
    shadow_pop(tree_lane, 200, false);
    assert_times(inner, 20, 20);
    assert_times(outer, 80, 100);
    assert_int_equal(outer->callee_returns, 1);
    assert_int_equal(tree_lane->root->callee_returns, 1);
    assert_int_equal(-tree_lane->root->self, 100);
    assert_int_equal(depth(), 0);
}

static void the_frame_above_the_top_ends_the_stack_for_readers(void **state) {
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        enter(i % 7 + 1, 10 + i);
        assert_int_equal(tree_lane->top[1].node, 0);
    }
    while (depth() > 0) {
        shadow_pop(tree_lane, 1000, false);
        assert_int_equal(tree_lane->top[1].node, 0);
    }
}

/* With recursion `total` contains each activation, and `self` none twice. */
static void self_times_add_up_to_what_the_outermost_took(void **state) {
    uint64_t now = 1000, sum = 0;
    unsigned seed = 3;
    (void)state;
    const struct segment_node *outermost = enter(0, now);
    for (unsigned i = 0; i < 5000; i++) {
        seed = seed * 1664525 + 1013904223;
        now += seed >> 28;
        if (depth() > 1 && (seed >> 16) % 2 == 0)
            shadow_pop(tree_lane, now, (seed >> 20) % 4 == 0);
        else
            enter((seed >> 16) % 5, now);
    }
    shadow_unwind(tree_lane, shadow_base(tree_lane) + 1, now);
    shadow_pop(tree_lane, now, false);
    for (uint32_t block = tree_lane->first_block; block != 0; block = tree_block_next[block - 1]) {
        for (uint32_t i = 0; i < segment.blocks[block - 1].count; i++)
            sum += tree_node((block - 1) * SEGMENT_BLOCK_NODES + i)->self;
    }
    assert_int_equal(sum, 0); /* the root's is what all others took, below 0 */
    assert_int_equal(-tree_lane->root->self, now - 1000);
    assert_int_equal(outermost->calls, 1);
    assert_int_equal(outermost->total, now - 1000);
}

static void what_did_not_return_is_counted_and_charged(void **state) {
    (void)state;
    struct segment_node *a = enter(1, 100), *b = enter(2, 110), *c = enter(3, 120);
    shadow_unwind(tree_lane, shadow_base(tree_lane) + 1, 150);
    assert_ptr_equal(top_node(), a);
    assert_int_equal(segment.unwinds[tree_index(b)], 1);
    assert_int_equal(segment.unwinds[tree_index(c)], 1);
    assert_int_equal(segment.unwinds[tree_index(a)], 0);
    assert_int_equal(a->callee_returns + b->callee_returns, 0);
    assert_times(c, 30, 30);
    assert_times(b, 10, 40);
    shadow_unwind(tree_lane, shadow_base(tree_lane), 160);
    assert_int_equal(depth(), 0);
    assert_times(a, 20, 60);
}

static void a_deep_stack_keeps_every_frame(void **state) {
    enum { DEPTH = 10000 };
    (void)state;
    for (unsigned i = 0; i < DEPTH; i++) {
        enter(i % 50, 100 + i);
        tree_lane->top->shift = 0;
    }
    assert_true(tree_lane->info->frame_capacity > DEPTH);
    for (unsigned i = DEPTH; i > 0; i--) {
        assert_int_equal(tree_lane->top->start, 100 + i - 1);
        assert_int_equal(tree_lane->top->sp, 0x10000000 - 64 * (i - 1));
        shadow_pop(tree_lane, 100 + DEPTH, false);
    }
}

static void without_memory_for_a_frame_nothing_is_pushed(void **state) {
    unsigned pushed = 0;
    (void)state;
    struct segment_node *node = tree_child(tree_lane, tree_lane->root, function(1), 1);
    atomic_store(&segment_arenas.heap.taken, segment_arenas.heap.capacity);
    while (pushed < 1000 && shadow_push(tree_lane, node, 4096, 10))
        pushed++;
    assert_in_range(pushed, 1, tree_lane->info->frame_capacity - 2);
    assert_int_equal(depth(), pushed);
    assert_false(shadow_push(tree_lane, node, 4096, 10));
    assert_int_equal(depth(), pushed);
}

static void a_clock_that_goes_back_is_counted_and_takes_nothing(void **state) {
    (void)state;
    struct segment_node *node = enter(1, 100);
    shadow_pop(tree_lane, 90, false);
    assert_times(node, 0, 0);
    assert_int_equal(tree_lane->root->self, 0);
    assert_int_equal(segment.header->losses.clock_backwards, 1);
}

/* While the thread was off the CPU its lane's clock stood still. */
static void time_for_which_the_lane_s_clock_stood_still_is_not_charged(void **state) {
    (void)state;
    struct segment_node *node = enter(1, 100);
    tree_lane->paused += 30;
    shadow_pop(tree_lane, 150, false);
    assert_times(node, 20, 20);
}

static void a_call_that_is_counted_alone_leaves_its_time_to_its_caller(void **state) {
    (void)state;
    struct segment_node *outer = enter(1, 100), *counted = enter(2, 0);
    struct segment_node *inner = enter(3, 120);
    shadow_pop(tree_lane, 130, false);
    shadow_pop(tree_lane, 140, false);
    shadow_pop(tree_lane, 160, false);
    assert_times(inner, 10, 10);
    assert_times(counted, 0, 0);
    assert_times(outer, 50, 60);
}

static void durations_are_kept_by_context(void **state) {
    static const uint64_t durations[] = {7, 3, 900, 3};
    uint64_t now = 100;
    (void)state;
    const struct segment_node *node = NULL;
    for (unsigned i = 0; i < 4; i++) {
        node = enter(1, now);
        shadow_pop(tree_lane, now += durations[i], false);
    }
    const uint32_t index = tree_index(node);
    const uint32_t *counts = &segment.histogram[index * SEGMENT_HISTOGRAM_BUCKETS];
    assert_int_equal(segment.min[index], 3);
    assert_int_equal(segment.max[index], 900);
    assert_int_equal(counts[segment_histogram_bucket(3)], 2);
    assert_int_equal(counts[segment_histogram_bucket(7)], 1);
    assert_int_equal(counts[segment_histogram_bucket(900)], 1);
}

static void
open_calls_carried_elsewhere_are_charged_where_they_were_and_not_counted_again(void **state) {
    (void)state;
    struct segment_node *outer = enter(1, 100), *inner = enter(2, 120);
    struct segment_node *label = tree_add(tree_lane, 0, SEGMENT_FUNCTION_LABEL, 3);
    shadow_carry(tree_lane, label, 150);
    assert_times(inner, 30, 30);
    assert_times(outer, 20, 50);
    assert_int_equal(depth(), 2);
    struct segment_node *moved = top_node();
    assert_ptr_not_equal(moved, inner);
    assert_ptr_equal(tree_node(tree_node(moved->parent)->parent), label);
    assert_int_equal(moved->calls, 0);
    shadow_pop(tree_lane, 170, false);
    shadow_pop(tree_lane, 180, false);
    assert_times(moved, 20, 20);
    assert_times(tree_node(moved->parent), 10, 30);
    assert_times(outer, 20, 50);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, make, recorder_remove_segment)

int run_shadow_tests(void) {
    const struct CMUnitTest tests[] = {
        TREE_TEST(a_call_is_charged_to_itself_and_not_to_its_caller),
        TREE_TEST(the_frame_above_the_top_ends_the_stack_for_readers),
        TREE_TEST(self_times_add_up_to_what_the_outermost_took),
        TREE_TEST(what_did_not_return_is_counted_and_charged),
        TREE_TEST(a_deep_stack_keeps_every_frame),
        TREE_TEST(without_memory_for_a_frame_nothing_is_pushed),
        TREE_TEST(a_clock_that_goes_back_is_counted_and_takes_nothing),
        TREE_TEST(time_for_which_the_lane_s_clock_stood_still_is_not_charged),
        TREE_TEST(a_call_that_is_counted_alone_leaves_its_time_to_its_caller),
        TREE_TEST(open_calls_carried_elsewhere_are_charged_where_they_were_and_not_counted_again),
        cmocka_unit_test_setup_teardown(durations_are_kept_by_context, make_with_histogram,
                                        recorder_remove_segment),
    };
    return cmocka_run_group_tests_name("shadow stack", tests, NULL, NULL);
}
