/* SPDX-License-Identifier: MIT */
/*
 * The order in which the call tree is printed, and which part of it (see report.h). Called by every
 * format. Does not recurse: a tree may be a million calls deep.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

struct tree_order {
    const struct analysis *analysis;
    enum report_sort sort;
    uint32_t *children; /* all nodes but the root, the children of one parent next to each other */
    uint32_t *cursor;   /* by node: the position of its next child, if one is left */
};

static double sort_value(const struct tree_order *order, uint32_t node) {
    const struct analysis *analysis = order->analysis;
    const struct analysis_sums *sums = &analysis->node_sums;
    double total = (double)analysis_total(sums, node, analysis->value_type);
    double calls = analysis->count_type == PROFILE_NONE
                       ? 0
                       : (double)analysis_self(sums, node, analysis->count_type);
    switch (order->sort) {
    case REPORT_SORT_SELF:
        return (double)analysis_self(sums, node, analysis->value_type);
    case REPORT_SORT_TOTAL:
        return total;
    case REPORT_SORT_CALLS:
        return calls;
    case REPORT_SORT_PER_CALL:
        return calls > 0 ? total / calls : 0;
    default:
        return 0;
    }
}

static int compare_nodes(const void *left, const void *right, void *context) {
    const struct tree_order *order = context;
    const struct analysis *analysis = order->analysis;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (analysis->nodes[a].parent != analysis->nodes[b].parent)
        return analysis->nodes[a].parent < analysis->nodes[b].parent ? -1 : 1;
    double x = sort_value(order, a), y = sort_value(order, b);
    if (x != y)
        return x < y ? 1 : -1;
    int names = strcmp(analysis->functions[analysis->nodes[a].function].name,
                       analysis->functions[analysis->nodes[b].function].name);
    return names != 0 ? names : (a > b) - (a < b);
}

static bool tree_order_init(struct tree_order *order) {
    const struct analysis *analysis = order->analysis;
    uint32_t count = analysis->node_sums.count;
    order->children = reallocarray(NULL, count, sizeof(*order->children));
    order->cursor = calloc((size_t)count + 1, sizeof(*order->cursor));
    if (order->children == NULL || order->cursor == NULL)
        return false;
    for (uint32_t node = 1; node < count; node++)
        order->children[node - 1] = node;
    qsort_r(order->children, count - 1, sizeof(*order->children), compare_nodes, order);
    uint32_t parent = 0;
    for (uint32_t i = 0; i < count - 1; i++) {
        while (parent < analysis->nodes[order->children[i]].parent)
            order->cursor[++parent] = i;
    }
    while (parent < count)
        order->cursor[++parent] = count - 1;
    return true;
}

static bool is_large_enough(const struct analysis *analysis, uint32_t node, double least_share) {
    double all = (double)analysis->totals[analysis->value_type];
    double total = (double)analysis_total(&analysis->node_sums, node, analysis->value_type);
    return all <= 0 || total >= least_share * all;
}

static void walk(struct report_rows *rows, struct tree_order *order,
                 const struct report_options *options) {
    const struct analysis *analysis = order->analysis;
    uint32_t count = analysis->node_sums.count;
    uint32_t node = 0;
    for (;;) {
        bool more = order->cursor[node] < count - 1 &&
                    analysis->nodes[order->children[order->cursor[node]]].parent == node;
        if (!more) {
            if (node == 0)
                break;
            node = analysis->nodes[node].parent;
            continue;
        }
        uint32_t child = order->children[order->cursor[node]++];
        bool room = options->limit == 0 || rows->count < options->limit;
        if (!room || !is_large_enough(analysis, child, options->least_share))
            continue;
        rows->rows[rows->count++] = child;
        node = child;
    }
    rows->left_out = count - 1 - rows->count;
}

int report_rows_tree(struct report_rows *rows, const struct analysis *analysis,
                     const struct report_options *options, struct error *error) {
    struct tree_order order = {.analysis = analysis, .sort = options->sort};
    *rows = (struct report_rows){0};
    rows->rows = reallocarray(NULL, analysis->node_sums.count, sizeof(*rows->rows));
    bool good = rows->rows != NULL && tree_order_init(&order);
    if (good)
        walk(rows, &order, options);
    else
        error_set_errno(error, "cannot sort the call tree");
    free(order.children);
    free(order.cursor);
    return good ? 0 : -1;
}
