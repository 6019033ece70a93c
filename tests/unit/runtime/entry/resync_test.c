/* SPDX-License-Identifier: MIT */
/* Tests of runtime/entry/slow.c: resynchronisation. If hooks do not run, because functions are left
 * by a jump or an exception, the open calls are those that the stack pointer allows, and
 * calls - exits = open calls + abnormal exits. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/base/lane_pool.h"
#include "runtime/entry/threads.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/stacks.h"

enum { MAIN = 1, PARSE, EXPR, LEAF };

/* Where frames are said to lie: in this thread's own stack. */
static uintptr_t top;

static int make(void **state) {
    (void)state;
    if (recorder_make_segment("") != 0)
        return -1;
    lane_pool_init(segment.header->sections[SEGMENT_SECTION_LANES].capacity);
    stacks_init();
    retire_init();
    process_state = PROCESS_UP;
    process_recording = true;
    cinstr1_self = lane_sentinel();
    return 0;
}

static int unmake(void **state) {
    process_state = PROCESS_OFF;
    cinstr1_self = lane_sentinel();
    return recorder_remove_segment(state);
}

static uint64_t function(unsigned number) {
    return UINT64_C(1) << SEGMENT_ADDRESS_BITS | (0x400000 + 16 * (uint64_t)number);
}

/* `depth`: how many frames of 64 bytes below the outermost one it lies. */
static void enter(unsigned callee, uint64_t site, unsigned depth) {
    cinstr_slow_enter(function(callee), site, top - 64 * depth);
}

static void leave(unsigned callee, uint64_t site, unsigned depth) {
    cinstr_slow_exit(function(callee), site, top - 64 * depth, clock_ticks());
}

static const struct segment_node *open_call(unsigned index) {
    return (struct segment_node *)shadow_base(cinstr1_self)[1 + index].node;
}

static unsigned open_calls(void) {
    return (unsigned)(cinstr1_self->top - shadow_base(cinstr1_self));
}

static void assert_open(unsigned count, ...) {
    va_list callees;
    assert_int_equal(open_calls(), count);
    va_start(callees, count);
    for (unsigned i = 0; i < count; i++)
        assert_true(open_call(i)->function == function(va_arg(callees, unsigned)));
    va_end(callees);
}

static uint64_t abnormal_exits(void) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < segment.header->sections[SEGMENT_SECTION_NODES].count; i++)
        sum += segment.unwinds[i];
    return sum;
}

/* --- the usual -------------------------------------------------------------------------------- */

static void a_call_is_open_from_its_entry_to_its_exit(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    assert_open(2, MAIN, PARSE);
    const struct segment_node *parse = open_call(1);
    leave(PARSE, 10, 1);
    assert_open(1, MAIN);
    assert_int_equal(parse->calls, 1);
    assert_true(parse->total > 0);
    leave(MAIN, 1, 0);
    assert_open(0);
    assert_int_equal(abnormal_exits(), 0);
}

static void a_thread_has_a_lane_from_its_first_hook_on(void **state) {
    (void)state;
    assert_ptr_equal(cinstr1_self, lane_sentinel());
    enter(MAIN, 1, 0);
    assert_int_equal(cinstr1_self->info->kind, SEGMENT_LANE_THREAD);
    assert_int_equal(cinstr1_self->info->state, SEGMENT_LANE_USED);
    assert_true(cinstr1_self->high - top < cinstr1_self->span); /* usual from now on */
}

static void errno_is_the_program_s_own(void **state) {
    (void)state;
    errno = 4711;
    enter(MAIN, 1, 0);
    leave(MAIN, 1, 0);
    assert_int_equal(errno, 4711);
}

static void a_leaf_that_is_counted_alone_is_not_open(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    cinstr_slow_count(function(LEAF), 5, top - 64, 1);
    assert_open(1, MAIN);
    assert_int_equal(open_call(0)->callee_returns, 1);
    cinstr_slow_count(function(PARSE), 6, top - 64, 0);
    assert_open(2, MAIN, PARSE);
}

/* --- frames that did not return --------------------------------------------------------------- */

static void frames_below_the_stack_pointer_are_dead(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    enter(EXPR, 20, 2);
    enter(LEAF, 30, 1); /* main went on and called another */
    assert_open(2, MAIN, LEAF);
    assert_int_equal(abnormal_exits(), 2);
    assert_int_equal(open_call(0)->callee_returns, 0);
}

static void the_exit_of_a_caller_ends_what_it_called(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    enter(EXPR, 20, 2);
    leave(MAIN, 1, 0);
    assert_open(0);
    assert_int_equal(abnormal_exits(), 2);
    assert_int_equal(cinstr1_self->root->callee_returns, 1);
}

static void a_function_that_was_inlined_is_open_beside_the_one_that_it_is_in(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    enter(EXPR, 10, 1); /* inlined into parse: same stack pointer, same call site */
    assert_open(3, MAIN, PARSE, EXPR);
    leave(EXPR, 10, 1);
    assert_open(2, MAIN, PARSE);
    leave(PARSE, 10, 1);
    assert_open(1, MAIN);
    assert_int_equal(abnormal_exits(), 0);
}

static void another_call_at_the_same_stack_pointer_ends_the_one_before(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    enter(EXPR, 11, 1);
    assert_open(2, MAIN, EXPR);
    assert_int_equal(abnormal_exits(), 1);
}

static void an_external_function_is_open_at_its_caller_s_stack_pointer(void **state) {
    const uint64_t one = 0x500000 | SEGMENT_EXTERNAL, other = 0x500010 | SEGMENT_EXTERNAL;
    (void)state;
    enter(MAIN, 1, 0);
    cinstr_slow_enter(one, 5, top);
    assert_int_equal(open_calls(), 2);
    cinstr_slow_enter(other, 6, top); /* two of them cannot be open at one */
    assert_int_equal(open_calls(), 2);
    assert_true(open_call(1)->function == other);
    assert_int_equal(abnormal_exits(), 1);
    cinstr_slow_exit(other, 6, top, clock_ticks());
    assert_open(1, MAIN);
}

/* --- exits ------------------------------------------------------------------------------------ */

static void an_exit_that_matches_no_open_call_is_counted_and_changes_nothing(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    leave(LEAF, 30, 2);
    assert_open(2, MAIN, PARSE);
    assert_int_equal(cinstr1_self->info->unmatched_exits, 1);
    assert_int_equal(abnormal_exits(), 0);
}

/* A tail call: the exit hook is jumped to, and runs at its caller's stack pointer. */
static void an_exit_hook_may_run_at_its_caller_s_stack_pointer(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    leave(PARSE, 10, 0);
    assert_open(1, MAIN);
    assert_int_equal(cinstr1_self->info->unmatched_exits, 0);
}

static void of_two_activations_the_exit_ends_the_inner_one(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    enter(PARSE, 10, 2);
    leave(PARSE, 10, 2);
    assert_open(2, MAIN, PARSE);
    assert_int_equal(shadow_base(cinstr1_self)[2].sp, top - 64);
}

/* gcc may put a function's end, the exit hook included, into a function of its own. */
static void an_exit_from_deeper_down_and_another_line_ends_its_function(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    leave(PARSE, 77, 3);
    assert_open(1, MAIN);
}

static void while_recording_is_stopped_open_calls_end_and_none_begin(void **state) {
    (void)state;
    enter(MAIN, 1, 0);
    enter(PARSE, 10, 1);
    process_recording = false;
    enter(EXPR, 20, 2);
    assert_open(2, MAIN, PARSE);
    leave(EXPR, 20, 2);
    leave(PARSE, 10, 1);
    assert_open(1, MAIN);
    assert_int_equal(cinstr1_self->info->unmatched_exits, 0);
}

/* --- random calls, returns and jumps ---------------------------------------------------------- */

enum { DEPTH = 100 };

struct model {
    unsigned callees[DEPTH], depth;
    uint64_t sites[DEPTH];
    uint64_t calls, exits;
    unsigned seed;
};

static unsigned draw(struct model *model, unsigned below) {
    model->seed = model->seed * 1664525 + 1013904223;
    return (model->seed >> 8) % below;
}

static void call(struct model *model) {
    const unsigned depth = model->depth++;
    model->callees[depth] = draw(model, 20) + 1;
    model->sites[depth] = ++model->calls;
    enter(model->callees[depth], model->sites[depth], depth);
}

static void step(struct model *model) {
    if (model->depth == 0 || (model->depth < DEPTH && draw(model, 2) == 0)) {
        call(model);
        return;
    }
    if (draw(model, 5) == 0) /* a jump: nobody tells the recorder */
        model->depth -= draw(model, model->depth);
    if (draw(model, 3) != 0 || model->depth == DEPTH) {
        const unsigned depth = --model->depth;
        model->exits++;
        leave(model->callees[depth], model->sites[depth], depth);
    } else {
        call(model);
    }
}

static void assert_as(const struct model *model) {
    assert_int_equal(open_calls(), model->depth);
    for (unsigned i = 0; i < model->depth; i++) {
        assert_true(open_call(i)->function == function(model->callees[i]));
        assert_int_equal(open_call(i)->call_site, model->sites[i]);
    }
}

static void whatever_is_jumped_out_of_the_books_balance(void **state) {
    struct model model = {.seed = 7};
    uint64_t calls = 0;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        step(&model);
        assert_as(&model);
    }
    for (uint64_t i = 0; i < segment.header->sections[SEGMENT_SECTION_NODES].count; i++)
        calls += tree_node((uint32_t)i)->calls;
    assert_int_equal(calls, model.calls);
    assert_int_equal(model.calls - model.exits, model.depth + abnormal_exits());
    assert_int_equal(cinstr1_self->info->unmatched_exits, 0);
    assert_true(abnormal_exits() > 1000);
}

#define ENTRY_TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void) {
    char frames[64 * (DEPTH + 8)];
    const struct CMUnitTest tests[] = {
        ENTRY_TEST(a_call_is_open_from_its_entry_to_its_exit),
        ENTRY_TEST(a_thread_has_a_lane_from_its_first_hook_on),
        ENTRY_TEST(errno_is_the_program_s_own),
        ENTRY_TEST(a_leaf_that_is_counted_alone_is_not_open),
        ENTRY_TEST(frames_below_the_stack_pointer_are_dead),
        ENTRY_TEST(the_exit_of_a_caller_ends_what_it_called),
        ENTRY_TEST(a_function_that_was_inlined_is_open_beside_the_one_that_it_is_in),
        ENTRY_TEST(another_call_at_the_same_stack_pointer_ends_the_one_before),
        ENTRY_TEST(an_external_function_is_open_at_its_caller_s_stack_pointer),
        ENTRY_TEST(an_exit_that_matches_no_open_call_is_counted_and_changes_nothing),
        ENTRY_TEST(an_exit_hook_may_run_at_its_caller_s_stack_pointer),
        ENTRY_TEST(of_two_activations_the_exit_ends_the_inner_one),
        ENTRY_TEST(an_exit_from_deeper_down_and_another_line_ends_its_function),
        ENTRY_TEST(while_recording_is_stopped_open_calls_end_and_none_begin),
        ENTRY_TEST(whatever_is_jumped_out_of_the_books_balance),
    };
    top = ((uintptr_t)frames + sizeof(frames)) & ~(uintptr_t)15;
    return cmocka_run_group_tests_name("resynchronisation", tests, NULL, NULL);
}
