/* SPDX-License-Identifier: MIT */
/*
 * The call trees of both sides, and which contexts of one are which of the other. Used by diff.c
 * alone.
 *
 * Contexts match when the functions on their paths do. Frames of a library without symbols
 * ("[libc.so.6]") are left out of paths: they have other names elsewhere, and count no calls. Below
 * a function that one side alone has in a place, what it calls is taken to be called from above
 * where the other side's calls then come nearer; and so is what both sides call about as often,
 * each below functions of its own. So contexts meet over a function that was inlined there, split
 * off, wrapped around or renamed.
 */
#ifndef CINSTR_READER_DIFF_TREE_H
#define CINSTR_READER_DIFF_TREE_H

#include "analysis_pairs.h"
#include "diff.h"

struct diff_tree_node {
    uint32_t parent, function;
    uint32_t first_child, sibling; /* PROFILE_NONE: none */
    uint32_t next;                 /* of those that are one matched node */
    bool is_elsewhere;             /* matched above its parent's place */
    double calls, self;            /* sums over the profiles */
    double weight;                 /* calls; of profiles without: of all below */
};

/* Of one side; node 0 is the root. */
struct diff_tree { /* starts all zero */
    struct diff_tree_node *nodes;
    uint32_t count, capacity;
    struct pair_table table; /* (parent, function) to node */
};

/* Adds the contexts of a profile. The analysis has its tree; `numbers` are its functions'. False:
 * out of memory. */
bool diff_tree_add(struct diff_tree *tree, const struct analysis *analysis,
                   const uint32_t *numbers);
void diff_tree_free(struct diff_tree *tree);

/* Fills in nodes and node_count of `diff`, as means over the profiles. `is_chained`: callers' calls
 * are known. False: out of memory. */
bool diff_tree_match(struct diff *diff, struct diff_tree trees[2], bool is_chained);

#endif
