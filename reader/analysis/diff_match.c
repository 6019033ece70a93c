/* SPDX-License-Identifier: MIT */
/*
 * Which contexts of two trees correspond (see diff_tree.h). A matched node is a set of nodes of
 * each tree. Their children are grouped by function, and each group is a matched node in turn. It
 * does not recurse: a profile's stacks may be a million frames deep.
 */
#include <math.h>
#include <stdlib.h>

#include "diff_tree.h"
#include "reader/base/index_stack.h"

struct group { /* children of one function */
    uint32_t function;
    uint32_t first[2]; /* of its nodes in each tree */
    double weight[2];
    bool was_in[2]; /* calls before anything was moved up from below */
};

struct pending {
    struct group group;
    uint32_t parent; /* index of the matched node */
};

struct matching {
    struct diff *diff;
    struct diff_tree *trees;
    struct group *groups; /* groups of the children being matched */
    uint32_t group_count, group_capacity;
    uint32_t *slots;      /* by function: 1 + its group */
    double (*weights)[2]; /* by function: working memory, all 0 between matched nodes */
    struct pending *pending;
    size_t pending_count, pending_capacity;
    struct index_stack below;   /* working memory */
    struct index_stack weighed; /* functions that have weights */
    size_t capacity;            /* number allocated in diff->nodes */
};

/* --- groups ----------------------------------------------------------------------------------- */

/* The group of a function, added if it is new; NULL: out of memory. */
static struct group *group_of(struct matching *matching, uint32_t function) {
    uint32_t *slot = &matching->slots[function];
    if (*slot != 0)
        return &matching->groups[*slot - 1];
    if (matching->group_count == matching->group_capacity) {
        const uint32_t wanted = matching->group_capacity * 2 + 64;
        struct group *groups = reallocarray(matching->groups, wanted, sizeof(*groups));
        if (groups == NULL)
            return NULL;
        matching->groups = groups;
        matching->group_capacity = wanted;
    }
    *slot = ++matching->group_count;
    matching->groups[*slot - 1] =
        (struct group){.function = function, .first = {PROFILE_NONE, PROFILE_NONE}};
    return &matching->groups[*slot - 1];
}

static void put(struct matching *matching, struct group *group, int side, uint32_t node) {
    struct diff_tree_node *of = &matching->trees[side].nodes[node];
    of->next = group->first[side];
    group->first[side] = node;
    group->weight[side] += of->weight;
}

static bool group_children(struct matching *matching, const struct group *parents) {
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        struct diff_tree_node *nodes = matching->trees[side].nodes;
        for (uint32_t at = parents->first[side]; at != PROFILE_NONE; at = nodes[at].next) {
            for (uint32_t child = nodes[at].first_child; child != PROFILE_NONE;
                 child = nodes[child].sibling) {
                if (nodes[child].is_elsewhere)
                    continue;
                struct group *group = group_of(matching, nodes[child].function);
                if (group == NULL)
                    return false;
                group->was_in[side] = true;
                put(matching, group, side, child);
            }
        }
    }
    return true;
}

/* --- what is found below functions that one side alone has here ------------------------------- */

static bool push_children(struct matching *matching, int side, uint32_t node) {
    const struct diff_tree_node *nodes = matching->trees[side].nodes;
    for (uint32_t child = nodes[node].first_child; child != PROFILE_NONE;
         child = nodes[child].sibling) {
        if (!nodes[child].is_elsewhere && index_stack_push(&matching->below, child) != 0)
            return false;
    }
    return true;
}

/* Whether a child of a one-sided group is moved up. 1: it is, with everything below it; 0: it
 * stays; -1: out of memory. */
typedef int visitor(struct matching *matching, int side, uint32_t node);

static bool visit_below(struct matching *matching, int side, uint32_t first, visitor *visit) {
    const struct diff_tree_node *nodes = matching->trees[side].nodes;
    matching->below.depth = 0;
    for (uint32_t at = first; at != PROFILE_NONE; at = nodes[at].next) {
        if (!push_children(matching, side, at))
            return false;
    }
    while (matching->below.depth != 0) {
        const uint32_t node = matching->below.items[--matching->below.depth];
        const int taken = visit(matching, side, node);
        if (taken < 0 || (taken == 0 && !push_children(matching, side, node)))
            return false;
    }
    return true;
}

/* For all functions here that one side has. */
static bool visit_all(struct matching *matching, visitor *visit) {
    const uint32_t count = matching->group_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct group *group = &matching->groups[i];
        const int side = group->was_in[DIFF_OLD] ? DIFF_OLD : DIFF_NEW;
        if ((group->was_in[DIFF_OLD] || group->was_in[DIFF_NEW]) && !group->was_in[!side] &&
            !visit_below(matching, side, group->first[side], visit))
            return false;
    }
    return true;
}

static int take(struct matching *matching, struct group *group, int side, uint32_t node) {
    if (group == NULL)
        return -1;
    matching->trees[side].nodes[node].is_elsewhere = true;
    put(matching, group, side, node);
    return 1;
}

/* The other side calls it from here: it is moved up if the calls of the sides then come nearer. */
static int take_if_nearer(struct matching *matching, int side, uint32_t node) {
    const struct diff_tree_node *of = &matching->trees[side].nodes[node];
    const uint32_t slot = matching->slots[of->function];
    struct group *group = slot == 0 ? NULL : &matching->groups[slot - 1];
    if (group == NULL || !group->was_in[!side])
        return 0;
    const double apart = group->weight[side] - group->weight[!side];
    return fabs(apart + of->weight) < fabs(apart) ? take(matching, group, side, node) : 0;
}

static int weigh_function(struct matching *matching, int side, uint32_t node) {
    const struct diff_tree_node *of = &matching->trees[side].nodes[node];
    matching->weights[of->function][side] += of->weight;
    return index_stack_push(&matching->weighed, of->function);
}

static void forget_weights(struct matching *matching) {
    while (matching->weighed.depth != 0) {
        double *weights = matching->weights[matching->weighed.items[--matching->weighed.depth]];
        weights[DIFF_OLD] = weights[DIFF_NEW] = 0;
    }
}

/* Both sides call it below functions of their own, about equally often. */
static int take_if_alike(struct matching *matching, int side, uint32_t node) {
    const uint32_t function = matching->trees[side].nodes[node].function;
    const double *weights = matching->weights[function];
    if (!(weights[DIFF_OLD] < 2 * weights[DIFF_NEW] && weights[DIFF_NEW] < 2 * weights[DIFF_OLD]))
        return 0;
    return take(matching, group_of(matching, function), side, node);
}

static bool look_below(struct matching *matching) {
    const bool good = visit_all(matching, take_if_nearer) && visit_all(matching, weigh_function) &&
                      visit_all(matching, take_if_alike);
    forget_weights(matching);
    return good;
}

/* --- matched nodes ---------------------------------------------------------------------------- */

static bool add_pending(struct matching *matching, const struct group *group, uint32_t parent) {
    if (matching->pending_count == matching->pending_capacity) {
        const size_t wanted = matching->pending_capacity * 2 + 64;
        struct pending *pending = reallocarray(matching->pending, wanted, sizeof(*pending));
        if (pending == NULL)
            return false;
        matching->pending = pending;
        matching->pending_capacity = wanted;
    }
    matching->pending[matching->pending_count++] = (struct pending){*group, parent};
    return true;
}

/* Adds a matched node and returns its index; PROFILE_NONE: out of memory. */
static uint32_t add_node(struct matching *matching, const struct pending *pending) {
    struct diff *diff = matching->diff;
    if (diff->node_count == matching->capacity) {
        const size_t wanted = matching->capacity * 2 + 256;
        struct diff_node *nodes =
            wanted < PROFILE_NONE ? reallocarray(diff->nodes, wanted, sizeof(*nodes)) : NULL;
        if (nodes == NULL)
            return PROFILE_NONE;
        diff->nodes = nodes;
        matching->capacity = wanted;
    }
    struct diff_node *node = &diff->nodes[diff->node_count];
    *node = (struct diff_node){.parent = pending->parent, .function = pending->group.function};
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        const struct diff_tree_node *from = matching->trees[side].nodes;
        for (uint32_t at = pending->group.first[side]; at != PROFILE_NONE; at = from[at].next) {
            node->is_in[side] = true;
            node->calls[side] += from[at].calls / diff->runs[side];
            node->self[side] += from[at].self / diff->runs[side];
        }
    }
    return diff->node_count++;
}

static bool match_one(struct matching *matching, const struct pending *pending) {
    const struct group *parents = &pending->group;
    const uint32_t node = add_node(matching, pending);
    matching->group_count = 0;
    bool good = node != PROFILE_NONE && group_children(matching, parents);
    if (good && parents->first[DIFF_OLD] != PROFILE_NONE &&
        parents->first[DIFF_NEW] != PROFILE_NONE)
        good = look_below(matching);
    for (uint32_t i = 0; i < matching->group_count; i++) {
        good = good && add_pending(matching, &matching->groups[i], node);
        matching->slots[matching->groups[i].function] = 0;
    }
    return good;
}

/* Children have higher indices than their parents. */
static void weigh(struct diff_tree *tree, uint32_t runs, bool is_chained) {
    for (uint32_t i = tree->count; i-- > 0;) {
        struct diff_tree_node *node = &tree->nodes[i];
        node->weight += node->calls / runs;
        if (!is_chained && i != 0)
            tree->nodes[node->parent].weight += node->weight;
    }
}

bool diff_tree_match(struct diff *diff, struct diff_tree trees[2], bool is_chained) {
    struct matching matching = {.diff = diff, .trees = trees};
    const struct group roots = {.function = PROFILE_NONE};
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        weigh(&trees[side], diff->runs[side], is_chained);
    matching.slots = calloc((size_t)names_count(diff->names) + 1, sizeof(*matching.slots));
    matching.weights = calloc((size_t)names_count(diff->names) + 1, sizeof(*matching.weights));
    bool good =
        matching.slots != NULL && matching.weights != NULL && add_pending(&matching, &roots, 0);
    while (good && matching.pending_count != 0) {
        const struct pending pending = matching.pending[--matching.pending_count];
        good = match_one(&matching, &pending);
    }
    free(matching.slots);
    free(matching.weights);
    free(matching.groups);
    free(matching.pending);
    free(matching.below.items);
    free(matching.weighed.items);
    return good;
}
