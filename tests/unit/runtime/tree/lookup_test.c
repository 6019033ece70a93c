/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree/lookup.c and lookup.h: the table finds each transition that was added, by
 * its caller's node and its edge, and no others, while it grows and when it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/segment/segment_arena.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/lookup.h"
#include "tree_tests.h"

static int make(void **state) {
    (void)state;
    return tree_make("");
}

static struct segment_node *put(struct segment_node *parent, unsigned callee, uint64_t site) {
    assert_true(lookup_has_last_room(tree_lane));
    struct segment_node *node = tree_add(tree_lane, tree_index(parent), function(callee), site);
    assert_non_null(node);
    lookup_put(tree_lane, node_offset(tree_lane, parent), node);
    return node;
}

static uint64_t entries(void) {
    return UINT64_C(1) << (64 - tree_lane->lookup_shift);
}

static void what_was_put_is_found_and_nothing_else(void **state) {
    (void)state;
    struct segment_node *root = tree_lane->root;
    struct segment_node *node = put(root, 1, 10);
    assert_ptr_equal(lookup_find(tree_lane, root, function(1), 10), node);
    assert_null(lookup_find(tree_lane, root, function(1), 11));
    assert_null(lookup_find(tree_lane, root, function(2), 10));
    assert_null(lookup_find(tree_lane, node, function(1), 10));
}

static void all_are_found_however_the_table_grows(void **state) {
    enum { COUNT = 20000 };
    static struct segment_node *nodes[COUNT];
    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        nodes[i] = put(i < 10 ? tree_lane->root : nodes[i / 3], i % 50, i);
        assert_true(tree_lane->lookup_used <= entries() / 2);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        struct segment_node *parent = i < 10 ? tree_lane->root : nodes[i / 3];
        assert_ptr_equal(lookup_find(tree_lane, parent, function(i % 50), i), nodes[i]);
    }
    assert_null(lookup_find(tree_lane, tree_lane->root, function(1), COUNT));
}

static void without_memory_the_table_serves_until_it_is_full_and_searches_end(void **state) {
    unsigned count = 0;
    (void)state;
    atomic_store(&segment_arenas.heap.taken, segment_arenas.heap.capacity);
    for (; lookup_has_room(tree_lane); count++)
        put(tree_lane->root, count, 5);
    assert_int_equal(count, entries() - entries() / 4);
    for (; lookup_has_last_room(tree_lane); count++)
        put(tree_lane->root, count, 5);
    assert_int_equal(count, entries() - 1);
    for (unsigned i = 0; i < count; i++)
        assert_non_null(lookup_find(tree_lane, tree_lane->root, function(i), 5));
    assert_null(lookup_find(tree_lane, tree_lane->root, function(count), 5));
}

static void the_memo_answers_for_the_last_caller_of_an_edge_alone(void **state) {
    (void)state;
    struct segment_node *root = tree_lane->root;
    struct segment_node *a = put(root, 1, 10), *b = put(root, 2, 10);
    struct segment_node *from_a = put(a, 3, 30), *from_b = put(b, 3, 30);
    assert_null(memo_find(tree_lane, a, function(3), 30));
    assert_ptr_equal(transition_find(tree_lane, a, function(3), 30), from_a);
    assert_ptr_equal(memo_find(tree_lane, a, function(3), 30), from_a);
    assert_null(memo_find(tree_lane, b, function(3), 30));
    assert_ptr_equal(transition_find(tree_lane, b, function(3), 30), from_b);
    assert_ptr_equal(memo_find(tree_lane, b, function(3), 30), from_b);
    assert_null(memo_find(tree_lane, a, function(3), 30));
    assert_null(transition_find(tree_lane, a, function(3), 31));
}

/* Two edges of one slot: the memo holds the one or the other, never mixes them. */
static void edges_that_share_a_slot_of_the_memo_are_told_apart(void **state) {
    (void)state;
    struct segment_node *root = tree_lane->root;
    const uint64_t other_site = 10 + MEMO_FIRST;
    struct segment_node *a = put(root, 1, 10), *b = put(root, 1, other_site);
    assert_ptr_equal(memo_slot(tree_lane, function(1), 10),
                     memo_slot(tree_lane, function(1), other_site));
    transition_find(tree_lane, root, function(1), 10);
    assert_null(memo_find(tree_lane, root, function(1), other_site));
    assert_ptr_equal(memo_find(tree_lane, root, function(1), 10), a);
    transition_find(tree_lane, root, function(1), other_site);
    assert_null(memo_find(tree_lane, root, function(1), 10));
    assert_ptr_equal(memo_find(tree_lane, root, function(1), other_site), b);
}

static void the_memo_grows_with_the_table_and_stays_inside_its_memory(void **state) {
    (void)state;
    assert_int_equal(memo_entries(tree_lane), MEMO_FIRST);
    for (unsigned i = 0; i < 100; i++)
        put(tree_lane->root, i, i);
    assert_int_equal(memo_entries(tree_lane), MEMO_FULL);
    for (uint64_t i = 0; i < 10000; i++) {
        const struct lane_memo *slot =
            memo_slot(tree_lane, i * UINT64_C(0x9e3779b97f4a7c15) & ~UINT64_C(15), i * 7);
        assert_true(slot >= tree_lane->memo && slot < tree_lane->memo + MEMO_FULL);
    }
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, make, recorder_remove_segment)

int run_lookup_tests(void) {
    const struct CMUnitTest tests[] = {
        TREE_TEST(what_was_put_is_found_and_nothing_else),
        TREE_TEST(all_are_found_however_the_table_grows),
        TREE_TEST(without_memory_the_table_serves_until_it_is_full_and_searches_end),
        TREE_TEST(the_memo_answers_for_the_last_caller_of_an_edge_alone),
        TREE_TEST(edges_that_share_a_slot_of_the_memo_are_told_apart),
        TREE_TEST(the_memo_grows_with_the_table_and_stays_inside_its_memory),
    };
    return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
