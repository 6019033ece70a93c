/* SPDX-License-Identifier: MIT */
/*
 * The call trees of both sides, and which contexts correspond. Used by diff.c alone.
 *
 * Contexts match when the functions on their paths do. Frames of a library without symbols
 * ("[libc.so.6]") are left out of paths: they have other names elsewhere, and count no calls. If
 * only one side has a function in a place, its callees count as called from above it, where that
 * brings the numbers of calls on both sides nearer to each other; and so does a function that both
 * sides call about equally often, each below functions of its own. So contexts match across a
 * function that was inlined, split off, wrapped around or renamed.
 */
#ifndef CINSTR_READER_DIFF_TREE_H
#define CINSTR_READER_DIFF_TREE_H

#include "analysis_pairs.h"
#include "diff.h"

struct diff_tree_node {
    uint32_t parent, function;
    uint32_t first_child, sibling; /* PROFILE_NONE: none */
    uint32_t next;                 /* nodes of the same matched node */
    bool is_elsewhere;             /* it was matched above its parent's place */
    double calls, self;            /* sums over the profiles */
    double weight;                 /* calls; in profiles without calls: those of everything below */
};

/* The tree of one side; node 0 is the root. */
struct diff_tree { /* starts all zero */
    struct diff_tree_node *nodes;
    uint32_t count, capacity;
    struct pair_table table; /* (parent, function) to node */
};

/* Adds the contexts of a profile. The analysis needs its tree; `numbers` are those of its
 * functions. False: out of memory. */
bool diff_tree_add(struct diff_tree *tree, const struct analysis *analysis,
                   const uint32_t *numbers);
void diff_tree_free(struct diff_tree *tree);

/* Fills in nodes and node_count of `diff`, as means over the profiles. `is_chained`: callers' calls
 * are known. False: out of memory. */
bool diff_tree_match(struct diff *diff, struct diff_tree trees[2], bool is_chained);

#endif
