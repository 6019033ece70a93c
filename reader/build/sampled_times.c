/* SPDX-License-Identifier: MIT */
/*
 * The plugin's share of a function's samples is its calls times a call's cost, divided by the time
 * of its samples. Where the samples are few that ratio says little: so each function is given
 * PRIOR_SAMPLES more, with the share of the whole run (an empirical Bayes estimate; Efron and
 * Morris, "Data analysis using Stein's estimator", Journal of the American Statistical Association
 * 70, 1975). All shares are then scaled so that they make up the calls' cost in the run.
 */
#include "sampled_times.h"

#include <math.h>
#include <stdlib.h>

#define PRIOR_SAMPLES 4
#define MOST          0.95 /* of a function's time is the probes' */

static bool is_context(const struct snapshot *snapshot, uint32_t node) {
    return snapshot->node_lane[node] != SNAPSHOT_NONE &&
           snapshot->nodes[node].function != SEGMENT_FUNCTION_ROOT;
}

bool sampled_times_are_all(const struct snapshot *snapshot, const int64_t *self,
                           const struct probe_samples *samples) {
    if (samples == NULL)
        return false;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (is_context(snapshot, i) && (snapshot->nodes[i].total != 0 || self[i] != 0))
            return false;
    }
    return true;
}

/* Several periods may end at one sample. */
static double ticks_per_sample(const struct snapshot *snapshot) {
    double count = 0, periods = 0;
    for (uint32_t i = 0; i < snapshot->sample_count; i++) {
        count += (double)snapshot->samples[i].count;
        periods += (double)snapshot->samples[i].periods;
    }
    return count == 0 ? 0
                      : periods / count * (double)snapshot->header.sampling.period_ns *
                            snapshot->ticks_per_second / 1e9;
}

/* --- functions -------------------------------------------------------------------------------- */

struct function {
    double own, cost; /* ticks: of samples in its own code; of its calls' probes there */
    double share;     /* of `own` that is the probes' */
};

struct functions {
    const struct snapshot *snapshot;
    uint32_t *nodes;        /* contexts, by function */
    uint32_t *of_node;      /* its function's index in `items` */
    struct function *items; /* as many as there are functions; the rest is 0 */
    uint32_t count;         /* of `nodes` */
};

static int by_function(const void *a, const void *b, void *context) {
    const struct segment_node *nodes = context;
    const uint64_t one = nodes[*(const uint32_t *)a].function;
    const uint64_t other = nodes[*(const uint32_t *)b].function;
    return (one > other) - (one < other);
}

static void free_functions(struct functions *functions) {
    free(functions->nodes);
    free(functions->items);
    free(functions->of_node);
}

static int find_functions(struct functions *functions, const struct snapshot *snapshot) {
    const size_t size = (size_t)snapshot->node_count + 1;
    *functions = (struct functions){.snapshot = snapshot,
                                    .nodes = calloc(size, sizeof(uint32_t)),
                                    .items = calloc(size, sizeof(struct function)),
                                    .of_node = calloc(size, sizeof(uint32_t))};
    if (functions->nodes == NULL || functions->items == NULL || functions->of_node == NULL) {
        free_functions(functions);
        return -1;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (is_context(snapshot, i))
            functions->nodes[functions->count++] = i;
    }
    qsort_r(functions->nodes, functions->count, sizeof(uint32_t), by_function, snapshot->nodes);
    for (uint32_t i = 0, item = 0; i < functions->count; i++) {
        const struct segment_node *nodes = snapshot->nodes;
        if (i > 0 && nodes[functions->nodes[i]].function != nodes[functions->nodes[i - 1]].function)
            item++;
        functions->of_node[functions->nodes[i]] = item;
    }
    return 0;
}

static struct function sum_up(struct functions *functions, const double *own, double tick,
                              double untimed) {
    struct function all = {0, 0, 0};
    for (uint32_t i = 0; i < functions->count; i++) {
        const uint32_t node = functions->nodes[i];
        struct function *function = &functions->items[functions->of_node[node]];
        const double cost = untimed * (double)functions->snapshot->nodes[node].calls;
        function->own += own[node] * tick;
        function->cost += cost;
        all.own += own[node] * tick;
        all.cost += cost;
    }
    all.share = all.own > 0 ? fmin(MOST, all.cost / all.own) : 0;
    return all;
}

static void share_out(struct functions *functions, const struct function *all, double tick) {
    const double prior = PRIOR_SAMPLES * tick;
    double found = 0;
    for (uint32_t i = 0; i < functions->count; i++) {
        struct function *function = &functions->items[i];
        function->share = (function->cost + prior * all->share) / (function->own + prior);
        function->share = fmin(MOST, function->share);
        found += function->share * function->own;
    }
    const double wanted = all->share * all->own;
    for (uint32_t i = 0; found > 0 && i < functions->count; i++)
        functions->items[i].share = fmin(MOST, functions->items[i].share * wanted / found);
}

/* --- contexts --------------------------------------------------------------------------------- */

int sampled_times_find(const struct sampled_times *times, const struct snapshot *snapshot,
                       const struct probe_samples *samples, double untimed) {
    const double tick = ticks_per_sample(snapshot);
    struct functions functions;
    if (find_functions(&functions, snapshot) != 0)
        return -1;
    const struct function all = sum_up(&functions, samples->own, tick, untimed);
    if (all.own > 0)
        share_out(&functions, &all, tick);
    for (uint32_t i = 0; i < functions.count; i++) {
        const uint32_t node = functions.nodes[i];
        const double share = functions.items[functions.of_node[node]].share;
        const double own = samples->own[node], left = (1 - share) * tick;
        times->measured[node] = (own + samples->probes[node]) * tick;
        times->costs[node] = samples->probes[node] * tick + share * own * tick;
        times->variances[node] = own * left * left;
    }
    free_functions(&functions);
    return 0;
}
