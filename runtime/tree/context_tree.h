/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_CONTEXT_TREE_H
#define CINSTR_RUNTIME_TREE_CONTEXT_TREE_H

#include <stdint.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* The child of `parent` over an edge, made if it is new: see context_tree.c. NULL: no memory. */
struct segment_node *tree_child(struct lane *lane, struct segment_node *parent, uint64_t function,
                                uint64_t call_site);
/* A new node of the lane's. NULL: no memory. */
struct segment_node *tree_add(struct lane *lane, uint32_t parent_index, uint64_t function,
                              uint64_t call_site);
/* Where readers add a node's calls to returns (SEGMENT_NODE_COUNTED). */
uint64_t *tree_returns(const struct lane *lane, const struct segment_node *node);

#endif
