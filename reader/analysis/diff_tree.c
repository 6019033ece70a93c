/* SPDX-License-Identifier: MIT */
/* The tree of one side (see diff_tree.h); matching is in diff_match.c. */
#include "diff_tree.h"

#include <stdlib.h>
#include <string.h>

/* A library without symbols. Other names in brackets say why a caller is unknown: contexts below
 * them stay apart. */
static bool is_library(const char *name) {
    static const char *const others[] = {"[truncated]", "[lost]", "[before init]", "[unplaced]",
                                         "[thread"};
    if (name[0] != '[')
        return false;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strncmp(name, others[i], strlen(others[i])) == 0)
            return false;
    }
    return true;
}

/* PROFILE_NONE: out of memory. */
static uint32_t new_node(struct diff_tree *tree, uint32_t parent, uint32_t function) {
    if (tree->count == tree->capacity) {
        const uint64_t wanted = tree->capacity == 0 ? 256 : (uint64_t)tree->capacity * 2;
        struct diff_tree_node *nodes =
            wanted < PROFILE_NONE ? reallocarray(tree->nodes, wanted, sizeof(*nodes)) : NULL;
        if (nodes == NULL)
            return PROFILE_NONE;
        tree->nodes = nodes;
        tree->capacity = (uint32_t)wanted;
    }
    tree->nodes[tree->count] = (struct diff_tree_node){.parent = parent,
                                                       .function = function,
                                                       .first_child = PROFILE_NONE,
                                                       .sibling = PROFILE_NONE,
                                                       .next = PROFILE_NONE};
    return tree->count++;
}

static uint32_t child_of(struct diff_tree *tree, uint32_t parent, uint32_t function) {
    const uint32_t child = pair_table_intern(&tree->table, parent, function, tree->count);
    if (child != tree->count || child == PROFILE_NONE)
        return child;
    if (new_node(tree, parent, function) == PROFILE_NONE)
        return PROFILE_NONE;
    tree->nodes[child].sibling = tree->nodes[parent].first_child;
    tree->nodes[parent].first_child = child;
    return child;
}

static int64_t calls_of(const struct analysis *analysis, uint32_t node) {
    return analysis->count_type == PROFILE_NONE
               ? 0
               : analysis_self(&analysis->node_sums, node, analysis->count_type);
}

/* `places`: the node below which the children of each node of the analysis are added. */
static bool add_node(struct diff_tree *tree, const struct analysis *analysis,
                     const uint32_t *numbers, uint32_t node, uint32_t *places) {
    const struct analysis_node *from = &analysis->nodes[node];
    const int64_t calls = calls_of(analysis, node);
    const int64_t self = analysis_self(&analysis->node_sums, node, analysis->value_type);
    const bool is_left_out = is_library(analysis->functions[from->function].name);
    places[node] = places[from->parent];
    if (is_left_out && calls == 0 && self == 0)
        return true;
    const uint32_t place = child_of(tree, places[from->parent], numbers[from->function]);
    if (place == PROFILE_NONE)
        return false;
    tree->nodes[place].calls += (double)calls;
    tree->nodes[place].self += (double)self;
    if (!is_left_out)
        places[node] = place;
    return true;
}

bool diff_tree_add(struct diff_tree *tree, const struct analysis *analysis,
                   const uint32_t *numbers) {
    uint32_t *places = calloc((size_t)analysis->node_sums.count + 1, sizeof(*places));
    bool good = places != NULL;
    if (good && tree->count == 0)
        good = new_node(tree, 0, PROFILE_NONE) == 0;
    for (uint32_t node = 1; good && node < analysis->node_sums.count; node++)
        good = add_node(tree, analysis, numbers, node, places);
    free(places);
    return good;
}

void diff_tree_free(struct diff_tree *tree) {
    free(tree->nodes);
    pair_table_free(&tree->table);
    *tree = (struct diff_tree){0};
}
