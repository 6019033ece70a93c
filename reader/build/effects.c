/* SPDX-License-Identifier: MIT */
/* See effects.h. */
#include "effects.h"

#include <math.h>
#include <stdlib.h>

#define REACH 12 /* an effect lies within so many standard deviations of 0 */
#define STEPS 32

static double slope(const struct effects *effects, const uint32_t *nodes, uint32_t count,
                    double value, double sd, double *curvature) {
    double sum = -value / (sd * sd);
    *curvature = 1 / (sd * sd);
    for (uint32_t i = 0; i < count; i++)
        sum += effects->slope(effects->evidence, nodes[i], effects->value[nodes[i]] + value,
                              curvature);
    return sum;
}

struct effect {
    double value, variance; /* the second is the inverse of the curvature there */
};

/* Finds the most probable value of an effect, by bisection. */
static struct effect find_effect(const struct effects *effects, const uint32_t *nodes,
                                 uint32_t count, double sd) {
    double low = -REACH * sd, high = REACH * sd, curvature;
    if (slope(effects, nodes, count, 0, sd, &curvature) == 0) /* no evidence */
        return (struct effect){0, 1 / curvature};
    for (int step = 0; step < STEPS; step++) {
        const double middle = (low + high) / 2;
        if (slope(effects, nodes, count, middle, sd, &curvature) > 0)
            low = middle;
        else
            high = middle;
    }
    return (struct effect){(low + high) / 2, 1 / curvature};
}

static void apply_effect(struct effects *effects, const uint32_t *nodes, uint32_t count,
                         double value) {
    for (uint32_t i = 0; i < count; i++)
        effects->value[nodes[i]] += value;
}

static double add_effect(struct effects *effects, const uint32_t *nodes, uint32_t count,
                         double sd) {
    const struct effect effect = find_effect(effects, nodes, count, sd);
    apply_effect(effects, nodes, count, effect.value);
    return effect.variance;
}

/* Weighs the evidence, which has a variance by chance and a bias, against the prior, run_sd. */
static void add_run_effect(struct effects *effects, const uint32_t *nodes, uint32_t count) {
    const double prior = effects->run_sd * effects->run_sd;
    const double bias = effects->bias_sd * effects->bias_sd;
    const struct effect effect = find_effect(effects, nodes, count, effects->run_sd);
    const double chance = 1 / fmax(1 / effect.variance - 1 / prior, 1e-9); /* of the evidence */
    const double alone = effect.value * (1 + chance / prior);
    const double weight = prior / (prior + chance + bias);
    apply_effect(effects, nodes, count, weight * alone);
    effects->run_variance = (1 - weight) * prior;
}

static void fit_function(struct effects *effects, const uint32_t *nodes, uint32_t count) {
    const double variance = add_effect(effects, nodes, count, effects->function_sd);
    for (uint32_t i = 0; i < count; i++)
        effects->variance[nodes[i]] =
            variance + add_effect(effects, &nodes[i], 1, effects->context_sd[nodes[i]]);
}

static int by_function(const void *a, const void *b, void *nodes) {
    const uint64_t first = ((const struct segment_node *)nodes)[*(const uint32_t *)a].function;
    const uint64_t second = ((const struct segment_node *)nodes)[*(const uint32_t *)b].function;
    return first < second ? -1 : first > second;
}

void effects_fit(struct effects *effects, const struct snapshot *snapshot, uint32_t *nodes,
                 uint32_t count) {
    qsort_r(nodes, count, sizeof(*nodes), by_function, snapshot->nodes);
    add_run_effect(effects, nodes, count);
    for (uint32_t first = 0, next; first < count; first = next) {
        const uint64_t function = snapshot->nodes[nodes[first]].function;
        for (next = first; next < count && snapshot->nodes[nodes[next]].function == function;)
            next++;
        fit_function(effects, &nodes[first], next - first);
    }
}
