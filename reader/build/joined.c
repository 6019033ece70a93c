/* SPDX-License-Identifier: MIT */
/*
 * Both estimates are by nested effects (effects.h).
 *
 * A context's CPU time is cpu * exp(effects), and its samples are as many as chance (Poisson) makes
 * of that. That a sample hits the program's own code, not a probe, has the odds by the loop times
 * exp(effects), less what is hidden: while a hook waits for the clock, the processor goes on with
 * the program's work, which no sample then sees.
 */
#include "joined.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "effects.h"

/* Standard deviations of logarithms. */
#define COST_RUN_SD      0.8  /* of odds: what the loop does not know of a run, */
#define COST_FUNCTION_SD 0.35 /* what a function differs from the run, */
#define COST_CONTEXT_SD  0.2  /* and a context from its function */
#define COST_HIDDEN      0.3  /* where every call reads the clock twice: on Lua, SQLite, C++; */
#define COST_BIAS_SD     0.35 /* how much that differs from program to program */
#define CPU_RUN_SD       0.01 /* the sum is known */
#define CPU_FUNCTION_SD  0.3  /* short calls that are timed now and then are measured too long */
#define CPU_LEAST_SD     0.05
#define CPU_MOST_SD      2.0
#define LEAST_SHARE      0.005 /* of odds by the loop: nothing is taken to be impossible */

void joined_free(struct joined *joined) {
    if (joined == NULL)
        return;
    free(joined->cpu);
    free(joined->costs);
    free(joined->variances);
    free(joined->errors);
    free(joined->scratch[0]);
    free(joined->scratch[1]);
    free(joined->nodes);
    free(joined);
}

struct joined *joined_new(uint32_t node_count) {
    const size_t count = (size_t)node_count + 1;
    struct joined *joined = calloc(1, sizeof(*joined));
    if (joined == NULL)
        return NULL;
    joined->cpu = calloc(count, sizeof(double));
    joined->costs = calloc(count, sizeof(double));
    joined->variances = calloc(count, sizeof(double));
    joined->errors = calloc(count, sizeof(double));
    joined->scratch[0] = calloc(count, sizeof(double));
    joined->scratch[1] = calloc(count, sizeof(double));
    joined->nodes = calloc(count, sizeof(*joined->nodes));
    if (joined->cpu != NULL && joined->costs != NULL && joined->variances != NULL &&
        joined->errors != NULL && joined->scratch[0] != NULL && joined->scratch[1] != NULL &&
        joined->nodes != NULL)
        return joined;
    joined_free(joined);
    return NULL;
}

static double samples_of(const struct probe_samples *samples, uint32_t node) {
    return samples->own[node] + samples->probes[node];
}

/* --- CPU time --------------------------------------------------------------------------------- */

struct cpu_evidence {
    const struct probe_samples *samples;
    double ticks_a_sample;
};

static double cpu_slope(const void *of, uint32_t node, double value, double *curvature) {
    const struct cpu_evidence *evidence = of;
    const double expected = exp(value) / evidence->ticks_a_sample;
    *curvature += expected;
    return samples_of(evidence->samples, node) - expected;
}

/* A measured time may by chance be 0 or less: then it starts with what chance makes likely. */
static uint32_t begin_cpu(struct joined *joined, const struct snapshot *snapshot,
                          double *logarithms, double *sds) {
    uint32_t count = 0;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const double chance = sqrt(joined->variances[i]);
        const double expected = fmax(joined->cpu[i], chance / 2);
        if (!(expected > 0))
            continue;
        logarithms[i] = log(expected);
        sds[i] = fmin(fmax(chance / expected, CPU_LEAST_SD), CPU_MOST_SD);
        joined->nodes[count++] = i;
    }
    return count;
}

void joined_estimate_cpu(struct joined *joined, const struct snapshot *snapshot,
                         const struct probe_samples *samples) {
    double total = 0, taken = 0, estimated = 0;
    struct cpu_evidence evidence = {samples, 1};
    struct effects effects = {
        .value = joined->scratch[0],
        .variance = joined->errors, /* not in use yet */
        .context_sd = joined->scratch[1],
        .run_sd = CPU_RUN_SD,
        .function_sd = CPU_FUNCTION_SD,
        .slope = cpu_slope,
        .evidence = &evidence,
    };
    joined->count = begin_cpu(joined, snapshot, effects.value, effects.context_sd);
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        total += joined->cpu[i];
        taken += samples_of(samples, i);
    }
    if (!(total > 0) || !(taken > 0))
        return;
    evidence.ticks_a_sample = total / taken;
    effects_fit(&effects, snapshot, joined->nodes, joined->count);
    for (uint32_t i = 0; i < joined->count; i++)
        estimated += exp(effects.value[joined->nodes[i]]);
    for (uint32_t i = 0; i < joined->count; i++) {
        const uint32_t node = joined->nodes[i];
        joined->cpu[node] = exp(effects.value[node]) * total / estimated;
        joined->variances[node] = joined->cpu[node] * joined->cpu[node] * effects.variance[node];
    }
}

/* --- the probes' part of it ------------------------------------------------------------------- */

static double share(double log_odds) {
    return 1 / (1 + exp(-log_odds));
}

struct cost_evidence {
    const struct probe_samples *samples;
    double hidden; /* of the logarithm of odds */
};

static double own_slope(const void *of, uint32_t node, double value, double *curvature) {
    const struct cost_evidence *evidence = of;
    const double all = samples_of(evidence->samples, node);
    const double own = all == 0 ? 0 : share(value - evidence->hidden);
    *curvature += all * own * (1 - own);
    return evidence->samples->own[node] - all * own;
}

static void begin_costs(struct joined *joined, const struct snapshot *snapshot, double *log_odds,
                        double *sds) {
    joined->count = 0;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (!(joined->cpu[i] > 0) || !(joined->costs[i] > 0))
            continue;
        const double own =
            fmin(fmax(1 - joined->costs[i] / joined->cpu[i], LEAST_SHARE), 1 - LEAST_SHARE);
        log_odds[i] = log(own / (1 - own));
        sds[i] = COST_CONTEXT_SD;
        joined->nodes[joined->count++] = i;
    }
}

void joined_estimate_costs(struct joined *joined, const struct snapshot *snapshot,
                           const struct probe_samples *samples) {
    const bool reads_clocks = snapshot->header.timing == SEGMENT_TIMING_EXACT;
    const struct cost_evidence evidence = {samples, reads_clocks ? COST_HIDDEN : 0};
    struct effects effects = {
        .value = joined->scratch[0],
        .variance = joined->errors, /* made of it below */
        .context_sd = joined->scratch[1],
        .run_sd = COST_RUN_SD,
        .bias_sd = COST_BIAS_SD,
        .function_sd = COST_FUNCTION_SD,
        .slope = own_slope,
        .evidence = &evidence,
    };
    begin_costs(joined, snapshot, effects.value, effects.context_sd);
    effects_fit(&effects, snapshot, joined->nodes, joined->count);
    for (uint32_t i = 0; i < joined->count; i++) {
        const uint32_t node = joined->nodes[i];
        const double own = share(effects.value[node]);
        const double change = joined->cpu[node] * own * (1 - own); /* for each unit of log odds */
        joined->costs[node] = joined->cpu[node] * (1 - own);
        joined->variances[node] =
            own * own * joined->variances[node] + change * change * effects.variance[node];
        joined->errors[node] = change * sqrt(effects.run_variance);
    }
}
