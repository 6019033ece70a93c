/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree/context_tree.c: a path holds no edge twice, a context beyond the budget is
 * lost but its edge is kept, and every call over every edge is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/segment/segment_arena.h"
#include "runtime/tree/context_tree.h"
#include "tree_tests.h"

enum { MAIN, PARSE, EXPR, TERM, LEAF };

static int make(void **state) {
    (void)state;
    return tree_make("");
}

static int make_small(void **state) {
    (void)state;
    return tree_make("contexts=1024");
}

static struct segment_node *child(struct segment_node *parent, unsigned callee, uint64_t site) {
    struct segment_node *node = tree_child(tree_lane, parent, function(callee), site);
    assert_non_null(node);
    return node;
}

static struct segment_node *parent_of(const struct segment_node *node) {
    return tree_node(node->parent);
}

/* --- nodes and edges -------------------------------------------------------------------------- */

static void a_context_has_one_node_however_often_it_is_entered(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    struct segment_node *parse = child(first, PARSE, 10);
    assert_ptr_equal(child(tree_lane->root, MAIN, 1), first);
    assert_ptr_equal(child(first, PARSE, 10), parse);
    assert_ptr_equal(parent_of(parse), first);
    assert_true(parse->function == function(PARSE) && parse->call_site == 10);
    assert_int_equal(parse->calls + parse->self + parse->total, 0);
}

static void calls_on_two_lines_are_two_edges(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    assert_ptr_not_equal(child(first, PARSE, 10), child(first, PARSE, 11));
    assert_ptr_not_equal(child(first, PARSE, 10), child(first, EXPR, 10));
}

static void a_function_has_a_node_for_each_context(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    struct segment_node *a = child(child(first, PARSE, 10), LEAF, 50);
    struct segment_node *b = child(child(first, PARSE, 11), LEAF, 50);
    assert_ptr_not_equal(a, b);
}

/* As the head of context_tree.c draws it. */
static void recursion_leads_back_to_the_node_of_its_edge(void **state) {
    (void)state;
    struct segment_node *expr = child(child(child(tree_lane->root, MAIN, 1), PARSE, 10), EXPR, 20);
    struct segment_node *term = child(expr, TERM, 31);
    struct segment_node *again = child(term, EXPR, 44);
    assert_ptr_not_equal(again, expr); /* by another edge, and so another node */
    struct segment_node *deeper = child(again, TERM, 31);
    assert_ptr_equal(deeper, term);
    assert_ptr_equal(child(deeper, EXPR, 44), again);
}

static void a_function_that_calls_itself_has_two_nodes_at_most(void **state) {
    (void)state;
    struct segment_node *outer = child(tree_lane->root, MAIN, 1);
    struct segment_node *inner = child(outer, MAIN, 2);
    struct segment_node *node = inner;
    for (unsigned i = 0; i < 1000; i++)
        node = child(node, MAIN, 2);
    assert_ptr_equal(node, inner);
}

/* A call site that several functions share (code without hooks, an inlined call) does not make one
 * edge of them. */
static void the_caller_is_part_of_the_edge(void **state) {
    (void)state;
    struct segment_node *parse = child(child(tree_lane->root, MAIN, 1), PARSE, 7);
    struct segment_node *leaf = child(parse, LEAF, 9);
    struct segment_node *expr = child(leaf, EXPR, 9);
    assert_ptr_not_equal(child(expr, LEAF, 9), leaf);
}

/* --- the budget ------------------------------------------------------------------------------- */

static bool is_truncated(const struct segment_node *node) {
    while (node->function != SEGMENT_FUNCTION_ROOT) {
        if (node->function == SEGMENT_FUNCTION_TRUNCATED)
            return true;
        node = parent_of(node);
    }
    return false;
}

/* Makes contexts below `under` until no more are kept. A block that was taken is used up, even
 * beyond the budget. */
static void fill_budget(struct segment_node *under) {
    static unsigned site = 1000;
    while (segment_blocks_in_use() * SEGMENT_BLOCK_NODES < segment.header->node_budget ||
           tree_lane->next_node != tree_lane->end_node)
        assert_false(is_truncated(child(under, LEAF, site++)));
}

static void past_the_budget_an_edge_has_one_node_whatever_its_context(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    struct segment_node *a = child(first, PARSE, 10), *b = child(first, PARSE, 11);
    struct segment_node *kept = child(a, EXPR, 20);
    fill_budget(first);
    struct segment_node *by_a = child(a, LEAF, 50);
    assert_true(is_truncated(by_a));
    fill_budget(first);
    assert_ptr_equal(child(b, LEAF, 50), by_a);
    assert_ptr_not_equal(child(a, LEAF, 51), by_a);
    assert_ptr_equal(child(a, EXPR, 20), kept); /* what was there before stays */
    assert_int_equal(segment.header->losses.truncated, 3);
}

static void the_caller_is_told_past_the_budget_as_well(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    struct segment_node *a = child(first, PARSE, 10), *b = child(first, EXPR, 10);
    fill_budget(first);
    struct segment_node *by_a = child(a, LEAF, 50);
    fill_budget(first);
    struct segment_node *by_b = child(b, LEAF, 50);
    assert_ptr_not_equal(by_a, by_b);
    assert_true(parent_of(by_a)->function == function(PARSE));
    assert_true(parent_of(by_b)->function == function(EXPR));
    assert_int_equal(parent_of(by_a)->calls, 0);
}

static void what_is_called_below_a_truncated_context_is_truncated(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    fill_budget(first);
    struct segment_node *leaf = child(child(first, PARSE, 9), LEAF, 50);
    assert_true(is_truncated(leaf));
    assert_true(parent_of(leaf)->function == function(PARSE));
    assert_true(parent_of(parent_of(leaf))->function == SEGMENT_FUNCTION_TRUNCATED);
}

static void without_memory_for_a_node_the_call_is_counted_as_lost(void **state) {
    (void)state;
    struct segment_node *first = child(tree_lane->root, MAIN, 1);
    atomic_store(&segment_arenas.nodes.taken, segment_arenas.nodes.capacity);
    tree_lane->next_node = tree_lane->end_node;
    assert_null(tree_child(tree_lane, first, function(PARSE), 10));
    assert_null(tree_child(tree_lane, first, function(PARSE), 10));
    assert_int_equal(segment.header->losses.lost_calls, 2);
    assert_ptr_equal(child(tree_lane->root, MAIN, 1), first);
}

/* --- random calls against an independent count ------------------------------------------------ */

enum { FUNCTIONS = 12, SITES = 3, DEPTH = 60, CALLS = 60000 };

/* By caller, callee and site; caller FUNCTIONS is the root. */
static uint64_t truth[FUNCTIONS + 1][FUNCTIONS][SITES];

static unsigned number_of(uint64_t word) {
    return (unsigned)((word - function(0)) / 16);
}

static void call_at_random(unsigned seed) {
    static struct segment_node *nodes[DEPTH + 1];
    unsigned callers[DEPTH + 1] = {FUNCTIONS}, depth = 0;
    memset(truth, 0, sizeof(truth));
    nodes[0] = tree_lane->root;
    for (unsigned i = 0; i < CALLS; i++) {
        seed = seed * 1664525 + 1013904223;
        const unsigned callee = (seed >> 8) % FUNCTIONS, site = (seed >> 16) % SITES;
        if (depth > 0 && (depth == DEPTH || (seed >> 24) % 20 < 9)) {
            depth--;
            continue;
        }
        nodes[depth + 1] = child(nodes[depth], callee, 100 + site);
        nodes[depth + 1]->calls++;
        truth[callers[depth]][callee][site]++;
        callers[++depth] = callee;
    }
}

static void check_path(const struct segment_node *node) {
    const struct segment_node *path[3 * DEPTH + 8];
    unsigned length = 0;
    for (; node->function >> SEGMENT_ADDRESS_BITS != 0; node = parent_of(node))
        path[length++] = node;
    for (unsigned i = 0; i < length; i++) {
        for (unsigned j = i + 1; j < length; j++)
            assert_false(path[i]->function == path[j]->function &&
                         path[i]->call_site == path[j]->call_site &&
                         parent_of(path[i])->function == parent_of(path[j])->function);
    }
}

static void check_counts(void) {
    uint64_t found[FUNCTIONS + 1][FUNCTIONS][SITES] = {0};
    for (uint32_t block = tree_lane->first_block; block != 0; block = tree_block_next[block - 1]) {
        for (uint32_t i = 0; i < segment.blocks[block - 1].count; i++) {
            const struct segment_node *node = tree_node((block - 1) * SEGMENT_BLOCK_NODES + i);
            if (node->function >> SEGMENT_ADDRESS_BITS == 0)
                continue;
            const uint64_t caller = parent_of(node)->function;
            if (node->calls != 0)
                found[caller >> SEGMENT_ADDRESS_BITS == 0 ? FUNCTIONS : number_of(caller)]
                     [number_of(node->function)][node->call_site - 100] += node->calls;
            if (i % 7 == 0 && !is_truncated(node))
                check_path(node);
        }
    }
    assert_memory_equal(found, truth, sizeof(truth));
}

static void every_call_of_every_edge_is_counted(void **state) {
    (void)state;
    call_at_random(1);
    check_counts();
    assert_int_equal(segment.header->losses.truncated, 0);
}

static void every_call_of_every_edge_is_counted_past_the_budget_too(void **state) {
    (void)state;
    call_at_random(2);
    check_counts();
    assert_true(segment.header->losses.truncated > 0);
    assert_int_equal(segment.header->losses.lost_calls, 0);
    /* Past the budget a block is taken for an edge below [truncated], or for its caller, alone. */
    assert_true(segment_blocks_in_use() <=
                1024 / SEGMENT_BLOCK_NODES + (FUNCTIONS + 1) * (FUNCTIONS * SITES + 1));
}

#define TREE_TEST(name, make) cmocka_unit_test_setup_teardown(name, make, recorder_remove_segment)

int run_context_tree_tests(void) {
    const struct CMUnitTest tests[] = {
        TREE_TEST(a_context_has_one_node_however_often_it_is_entered, make),
        TREE_TEST(calls_on_two_lines_are_two_edges, make),
        TREE_TEST(a_function_has_a_node_for_each_context, make),
        TREE_TEST(recursion_leads_back_to_the_node_of_its_edge, make),
        TREE_TEST(a_function_that_calls_itself_has_two_nodes_at_most, make),
        TREE_TEST(the_caller_is_part_of_the_edge, make),
        TREE_TEST(past_the_budget_an_edge_has_one_node_whatever_its_context, make_small),
        TREE_TEST(the_caller_is_told_past_the_budget_as_well, make_small),
        TREE_TEST(what_is_called_below_a_truncated_context_is_truncated, make_small),
        TREE_TEST(without_memory_for_a_node_the_call_is_counted_as_lost, make),
        TREE_TEST(every_call_of_every_edge_is_counted, make),
        TREE_TEST(every_call_of_every_edge_is_counted_past_the_budget_too, make_small),
    };
    return cmocka_run_group_tests_name("context tree", tests, NULL, NULL);
}
