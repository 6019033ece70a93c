/* SPDX-License-Identifier: MIT */
/*
 * See diff.h. In a matched context that both sides have, the self value is the product of the calls
 * for each call on its path and of the value of each call. Each factor is charged with the share of
 * its logarithm (diff_split.h). The weights of all contexts below a call add up; so one walk from
 * the leaves to the root is enough. A context that one side has is charged as a whole, with
 * everything below it, to the edge where its path leaves those that both have.
 *
 * Where callers' calls are not known (heap, block, samples) each context stands for itself.
 */
#include "diff_causes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_pairs.h"
#include "diff_split.h"

struct measured {    /* index of a matched node */
    double calls[2]; /* calls as a factor: never 0 */
    double weight;   /* of relative changes, of it and all below that both sides have */
    double value[2]; /* self values: its own, and of everything below */
    double count[2]; /* its calls; with everything below where callers' calls are not known */
};

struct finding {
    struct diff *diff;
    struct measured *nodes;
    double (*callers)[2];           /* by function: its calls in contexts that both sides have */
    struct pair_table calls, costs; /* (caller, function) to cause */
    uint32_t capacity;
    bool is_chained;
};

static bool is_common(const struct diff_node *node) {
    return node->is_in[DIFF_OLD] && node->is_in[DIFF_NEW];
}

/* --- contexts --------------------------------------------------------------------------------- */

static double calls_below(const struct finding *finding, uint32_t parent, int side) {
    return finding->is_chained ? finding->nodes[parent].calls[side] : 1;
}

/* A context that counts no calls is called once for each call of its caller. */
static void measure_calls(struct finding *finding) {
    const struct diff *diff = finding->diff;
    for (uint32_t i = 0; i < diff->node_count; i++) {
        const struct diff_node *node = &diff->nodes[i];
        for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
            double *calls = &finding->nodes[i].calls[side];
            *calls = node->calls[side];
            if (*calls <= 0)
                *calls = i == 0 ? 1 : calls_below(finding, node->parent, side);
            if (i != 0 && is_common(node))
                finding->callers[node->function][side] += *calls;
        }
    }
}

static struct diff_pair pair_of(const struct finding *finding, uint32_t index) {
    struct diff_pair pair;
    memcpy(pair.calls, finding->nodes[index].calls, sizeof(pair.calls));
    memcpy(pair.value, finding->diff->nodes[index].self, sizeof(pair.value));
    return pair;
}

static void measure_values(struct finding *finding) {
    const struct diff *diff = finding->diff;
    for (uint32_t i = diff->node_count; i-- > 0;) {
        const struct diff_node *node = &diff->nodes[i];
        struct measured *measured = &finding->nodes[i];
        struct measured *parent = &finding->nodes[node->parent];
        const struct diff_pair pair = pair_of(finding, i);
        if (is_common(node))
            measured->weight += diff_split_weight(&pair);
        if (i != 0 && finding->is_chained)
            parent->weight += measured->weight;
        for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
            measured->value[side] += node->self[side];
            measured->count[side] += node->calls[side];
            if (i == 0)
                continue;
            parent->value[side] += measured->value[side];
            parent->count[side] += finding->is_chained ? 0 : measured->count[side];
        }
    }
}

/* --- causes ----------------------------------------------------------------------------------- */

/* The cause stored under the pair in the table, added if it is new; NULL: out of memory. */
static struct diff_cause *cause_of(struct finding *finding, struct pair_table *table,
                                   const struct diff_cause *new) {
    struct diff *diff = finding->diff;
    const uint32_t index = pair_table_intern(table, new->caller, new->function, diff->cause_count);
    if (index == PROFILE_NONE)
        return NULL;
    if (index == diff->cause_count) {
        if (index == finding->capacity) {
            const size_t wanted = (size_t)finding->capacity * 2 + 256;
            struct diff_cause *causes =
                wanted < PROFILE_NONE ? reallocarray(diff->causes, wanted, sizeof(*causes)) : NULL;
            if (causes == NULL)
                return NULL;
            diff->causes = causes;
            finding->capacity = (uint32_t)wanted;
        }
        diff->causes[diff->cause_count++] = *new;
    }
    return &diff->causes[index];
}

static double by_calls(const struct finding *finding, uint32_t index) {
    const uint32_t parent = finding->diff->nodes[index].parent;
    const double *calls = finding->nodes[index].calls;
    double ratio[2];
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        ratio[side] = calls[side] / calls_below(finding, parent, side);
    return ratio[DIFF_OLD] == ratio[DIFF_NEW]
               ? 0
               : finding->nodes[index].weight * log(ratio[DIFF_NEW] / ratio[DIFF_OLD]);
}

/* The cause of calls: an edge where the path leaves what both have, or a changed number of
 * calls. */
static bool add_calls(struct finding *finding, uint32_t index) {
    const struct diff_node *node = &finding->diff->nodes[index];
    const struct measured *measured = &finding->nodes[index];
    struct diff_cause *cause =
        cause_of(finding, &finding->calls,
                 &(struct diff_cause){.kind = DIFF_CAUSE_CALLS,
                                      .caller = finding->diff->nodes[node->parent].function,
                                      .function = node->function});
    if (cause == NULL)
        return false;
    cause->effect += is_common(node) ? by_calls(finding, index)
                                     : measured->value[DIFF_NEW] - measured->value[DIFF_OLD];
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        cause->is_in[side] = cause->is_in[side] || node->is_in[side];
        cause->calls[side] += is_common(node) ? node->calls[side] : measured->count[side];
    }
    return true;
}

/* The cause of costs: by function; or by place, where each context stands for itself. */
static bool add_cost(struct finding *finding, uint32_t index) {
    const struct diff_node *node = &finding->diff->nodes[index];
    const uint32_t caller =
        finding->is_chained ? PROFILE_NONE : finding->diff->nodes[node->parent].function;
    const struct diff_pair pair = pair_of(finding, index);
    struct diff_parts parts = {0};
    struct diff_cause *cause =
        cause_of(finding, &finding->costs,
                 &(struct diff_cause){
                     .kind = DIFF_CAUSE_COST, .caller = caller, .function = node->function});
    if (cause == NULL)
        return false;
    diff_split(&pair, &parts);
    cause->effect += parts.cost;
    cause->weight += diff_split_weight(&pair);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        cause->is_in[side] = true;
        cause->calls[side] += node->calls[side];
        cause->self[side] += node->self[side];
    }
    return true;
}

/* The root has no caller. */
static bool is_unplaced(const struct diff *diff, const struct diff_node *node) {
    return strcmp(names_function(diff->names, node->function)->name, PROFILE_UNPLACED) == 0;
}

static bool add_all(struct finding *finding) {
    const struct diff *diff = finding->diff;
    for (uint32_t i = 1; i < diff->node_count; i++) {
        const struct diff_node *node = &diff->nodes[i];
        const bool is_called = !is_unplaced(diff, node);
        if (is_called && is_common(&diff->nodes[node->parent]) && !add_calls(finding, i))
            return false;
        if ((!is_called || is_common(node)) && !add_cost(finding, i))
            return false;
    }
    return true;
}

/* --- what is known of them -------------------------------------------------------------------- */

/* The relative interval of the function's values, scaled to the effect. */
static double error_of(const struct diff *diff, const struct diff_cause *cause) {
    const struct diff_row *row = &diff->functions[cause->function];
    if (cause->kind == DIFF_CAUSE_COST)
        return diff_change_error(&row->self);
    const double both = row->total.mean[DIFF_OLD] + row->total.mean[DIFF_NEW];
    const double error = diff_change_error(&row->total);
    return error == 0 || both <= 0 ? error : fabs(cause->effect) * error / both;
}

static void settle(struct finding *finding, struct diff_cause *cause) {
    struct diff *diff = finding->diff;
    struct diff_parts *parts = &diff->parts;
    double *part = cause->kind == DIFF_CAUSE_COST ? &parts->cost : &parts->calls;
    if (cause->kind == DIFF_CAUSE_CALLS) {
        if (finding->is_chained && cause->caller != PROFILE_NONE)
            memcpy(cause->caller_calls, finding->callers[cause->caller],
                   sizeof(cause->caller_calls));
        if (!cause->is_in[DIFF_OLD]) {
            cause->kind = DIFF_CAUSE_ADDED;
            part = &parts->added;
        } else if (!cause->is_in[DIFF_NEW]) {
            cause->kind = DIFF_CAUSE_GONE;
            part = &parts->gone;
        }
    }
    *part += cause->effect;
    cause->error = error_of(diff, cause);
}

static int by_effect(const void *left, const void *right) {
    const struct diff_cause *a = left, *b = right;
    if (fabs(a->effect) != fabs(b->effect))
        return fabs(a->effect) < fabs(b->effect) ? 1 : -1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->caller > b->caller) - (a->caller < b->caller);
}

double diff_cause_ratio(const struct diff_cause *cause) {
    return cause->weight > 0 ? exp(cause->effect / cause->weight) : NAN;
}

/* Drops causes without an effect. */
static void settle_all(struct finding *finding) {
    struct diff *diff = finding->diff;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < diff->cause_count; i++) {
        if (diff->causes[i].effect == 0)
            continue;
        diff->causes[kept] = diff->causes[i];
        settle(finding, &diff->causes[kept++]);
    }
    diff->cause_count = kept;
    if (kept != 0)
        qsort(diff->causes, kept, sizeof(*diff->causes), by_effect);
}

bool diff_causes_find(struct diff *diff, bool is_chained) {
    struct finding finding = {.diff = diff, .is_chained = is_chained};
    finding.nodes = calloc((size_t)diff->node_count + 1, sizeof(*finding.nodes));
    finding.callers = calloc((size_t)diff->function_count + 1, sizeof(*finding.callers));
    bool good = finding.nodes != NULL && finding.callers != NULL;
    if (good) {
        measure_calls(&finding);
        measure_values(&finding);
        good = add_all(&finding);
    }
    if (good)
        settle_all(&finding);
    pair_table_free(&finding.calls);
    pair_table_free(&finding.costs);
    free(finding.nodes);
    free(finding.callers);
    return good;
}
