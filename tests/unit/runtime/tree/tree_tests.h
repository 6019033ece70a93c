/* SPDX-License-Identifier: MIT */
/* The tests of runtime/tree: each returns how many failed. And the lane that they work on. */
#ifndef CINSTR_TESTS_TREE_TESTS_H
#define CINSTR_TESTS_TREE_TESTS_H

#include "runtime/base/lane.h"

int run_context_tree_tests(void);
int run_draw_tests(void);
int run_lookup_tests(void);
int run_shadow_tests(void);
int run_stacks_tests(void);

/* Makes a segment with the options, and in it lane 0 and `tree_lane`. 0, or -1. */
int tree_make(const char *options);
extern struct lane *tree_lane;

/* A function word of generation 1. */
static inline uint64_t function(unsigned number) {
    return UINT64_C(1) << SEGMENT_ADDRESS_BITS | (0x400000 + 16 * (uint64_t)number);
}

#endif
