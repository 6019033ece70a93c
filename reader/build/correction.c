/* SPDX-License-Identifier: MIT */
/*
 * Takes the probes' cost out, context by context (see correction.h and probe_costs.c). A waiting
 * thread runs no hooks; so the cost is subtracted from a context's CPU time, at most all of it.
 */
#include "correction.h"
#include "joined.h"
#include "reader/snapshot/snapshot_columns.h"
#include "sampled_times.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_ERROR 0.1 /* error of the program's own time: hooks change the code's layout */

/* A correction in the making. */
struct work {
    const struct snapshot *snapshot;
    const int64_t *self;
    const uint64_t *timed_calls, *variance; /* NULL: every call was timed */
    struct correction *correction;
    double *measured; /* by node: self ticks, as if no duration had been scaled up with its clock */
    double *waits;    /* by node: ticks found off the CPU */
    double *costs;    /* by node: ticks that the probes should have taken */
    double *timed_from;            /* by node: the share of calls made from it that was timed */
    struct probe_samples *samples; /* NULL: the run was not sampled */
};

void correction_free(struct correction *correction) {
    if (correction == NULL)
        return;
    free(correction->contexts);
    free(correction);
}

static bool is_adaptive(const struct work *work) {
    return work->snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE;
}

/* Functions that are counted and never timed have no time of their own. */
static bool is_counted(const struct work *work, uint32_t node) {
    return !is_adaptive(work) && work->snapshot->nodes[node].total == 0 && work->self[node] == 0;
}

/* The node that has a context's time: itself or, where it is only counted, a caller. */
static uint32_t timed_caller(const struct work *work, uint32_t node) {
    const struct segment_node *nodes = work->snapshot->nodes;
    while (is_counted(work, node) && snapshot_is_context(work->snapshot, nodes[node].parent))
        node = nodes[node].parent;
    return node;
}

/* How many of its calls were timed. */
static double timed_calls(const struct work *work, uint32_t node) {
    if (work->timed_calls != NULL)
        return (double)work->timed_calls[node];
    return is_counted(work, node) ? 0 : (double)work->snapshot->nodes[node].calls;
}

/* --- what was measured ------------------------------------------------------------------------ */

/* The share of timed calls by node, as far as the tree tells (recursion is folded). 1 where
 * every call is timed. */
static int find_timed_shares(struct work *work) {
    const struct snapshot *snapshot = work->snapshot;
    double *shares = work->timed_from;
    double *calls = calloc((size_t)snapshot->node_count + 1, sizeof(*calls));
    if (calls == NULL)
        return -1;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const uint32_t parent = snapshot->nodes[i].parent;
        shares[parent] += timed_calls(work, i);
        calls[parent] += (double)snapshot->nodes[i].calls;
    }
    for (uint32_t i = 0; i < snapshot->node_count; i++)
        shares[i] = calls[i] > 0 && shares[i] < calls[i] ? shares[i] / calls[i] : 1;
    free(calls);
    return 0;
}

/* timing=adaptive: a timed call that stands for many contains the clock's cost once. The
 * recorder subtracted it before scaling the duration up, by the figure measured when the program
 * started; a better one is known since. The caller, from which the scaled duration was
 * subtracted, gets the difference back. */
static void unscale_clock(struct work *work) {
    const struct snapshot *snapshot = work->snapshot;
    const double left = work->correction->costs.inner - (double)snapshot->header.scaled_clock;
    for (uint32_t i = 1; work->timed_calls != NULL && i < snapshot->node_count; i++) {
        const double scaled = (double)snapshot->nodes[i].calls - (double)work->timed_calls[i];
        if (work->timed_calls[i] == 0 || scaled <= 0)
            continue;
        work->measured[i] -= left * scaled;
        work->measured[snapshot->nodes[i].parent] += left * scaled;
    }
}

/* `off_cpu` NULL: unknown. A wait in a call that is only counted is part of its caller's time. */
static void measure(struct work *work, const int64_t *off_cpu) {
    const struct snapshot *snapshot = work->snapshot;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        work->measured[i] += (double)work->self[i];
        if (off_cpu != NULL && off_cpu[i] != 0)
            work->waits[timed_caller(work, i)] += (double)off_cpu[i];
    }
    unscale_clock(work);
}

/* --- what the probes should have cost --------------------------------------------------------- */

/* Counts the calls that have no time of their own, and those without a timed caller. */
static void count_untimed(struct work *work, uint32_t node) {
    struct correction *correction = work->correction;
    if (!is_counted(work, node)) {
        correction->is_timed = true;
        return;
    }
    correction->counted_calls += work->snapshot->nodes[node].calls;
    if (is_counted(work, timed_caller(work, node)))
        correction->homeless_calls += work->snapshot->nodes[node].calls;
}

/* The cost of its own calls within their time stamps, and of the calls that it made outside of
 * theirs. */
static void reckon(struct work *work, uint32_t node) {
    const struct probe_costs *costs = &work->correction->costs;
    const double returns = (double)work->snapshot->nodes[node].callee_returns;
    const double timed = work->timed_from[node] * returns, counted = returns - timed;
    const uint32_t payer = timed_caller(work, node);
    struct correction_context *context = &work->correction->contexts[payer];
    work->costs[payer] +=
        costs->inner * timed_calls(work, node) + costs->outer * timed + costs->untimed * counted;
    context->error +=
        costs->inner_error * (double)work->snapshot->nodes[node].calls * !is_counted(work, node) +
        costs->outer_error * timed + costs->untimed_error * counted;
    work->correction->error_total += costs->error * timed + costs->untimed_error * counted;
}

/* A caller's variance includes its callees': their times were subtracted from its own. */
static void add_variance(struct work *work, uint32_t node) {
    const double variance = work->variance == NULL ? 0 : (double)work->variance[node];
    work->correction->contexts[node].variance += variance;
    work->correction->contexts[work->snapshot->nodes[node].parent].variance += variance;
}

static int reckon_all(struct work *work) {
    if (find_timed_shares(work) != 0)
        return -1;
    for (uint32_t i = 1; i < work->snapshot->node_count; i++) {
        if (!snapshot_is_context(work->snapshot, i))
            continue;
        count_untimed(work, i);
        reckon(work, i);
        add_variance(work, i);
    }
    return 0;
}

/* --- what the run's samples say of that -------------------------------------------------------- */

/* The samples of a call that is only counted are its caller's, as its time is. */
static void give_counted_samples(struct work *work) {
    for (uint32_t i = 1; i < work->snapshot->node_count; i++) {
        const uint32_t payer = snapshot_is_context(work->snapshot, i) ? timed_caller(work, i) : i;
        if (payer == i)
            continue;
        work->samples->own[payer] += work->samples->own[i];
        work->samples->probes[payer] += work->samples->probes[i];
        work->samples->own[i] = work->samples->probes[i] = 0;
    }
}

static void count_samples(struct work *work) {
    for (uint32_t i = 1; i < work->snapshot->node_count; i++) {
        work->correction->samples += work->samples->own[i] + work->samples->probes[i];
        work->correction->probe_samples += work->samples->probes[i];
    }
}

static struct joined *prepare_join(const struct work *work) {
    struct joined *joined = joined_new(work->snapshot->node_count);
    for (uint32_t i = 1; joined != NULL && i < work->snapshot->node_count; i++) {
        if (!snapshot_is_context(work->snapshot, i))
            continue;
        joined->cpu[i] = work->measured[i] - work->waits[i];
        joined->costs[i] = work->costs[i];
        joined->variances[i] = work->correction->contexts[i].variance;
    }
    return joined;
}

static void take_joined(struct work *work, const struct joined *joined) {
    struct correction *correction = work->correction;
    correction->error_total = 0;
    for (uint32_t i = 0; i < joined->count; i++) {
        const uint32_t node = joined->nodes[i];
        struct correction_context *context = &correction->contexts[node];
        work->measured[node] = joined->cpu[node] + work->waits[node];
        work->costs[node] = joined->costs[node];
        context->variance = joined->variances[node];
        context->error = joined->errors[node];
        correction->error_total += context->error;
    }
}

/* A sampled run: what was measured, and what the probes should have cost by the loop, is joined
 * with what the samples found. */
static int join_samples(struct work *work) {
    struct joined *joined = prepare_join(work);
    if (joined == NULL)
        return -1;
    give_counted_samples(work);
    count_samples(work);
    if (is_adaptive(work))
        joined_estimate_cpu(joined, work->snapshot, work->samples);
    joined_estimate_costs(joined, work->snapshot, work->samples);
    take_joined(work, joined);
    joined_free(joined);
    return 0;
}

/* --- a run without durations ------------------------------------------------------------------- */

static int take_sampled(struct work *work) {
    struct correction *correction = work->correction;
    const struct probe_costs *costs = &correction->costs;
    const double untimed = costs->are_by_slots ? costs->untimed : 0;
    double *variances = calloc((size_t)work->snapshot->node_count + 1, sizeof(*variances));
    double chance = 0;
    if (variances == NULL)
        return -1;
    sampled_times_find(&(struct sampled_times){work->measured, work->costs, variances},
                       work->snapshot, work->samples, untimed);
    for (uint32_t i = 1; i < work->snapshot->node_count; i++) {
        struct correction_context *context = &correction->contexts[i];
        context->variance = variances[i];
        if (untimed > 0)
            context->error = work->costs[i] * costs->untimed_error / untimed;
        correction->error_total += context->error;
        chance += variances[i];
    }
    correction->error_total = hypot(correction->error_total, sqrt(chance));
    correction->is_timed = correction->is_sampled = true;
    count_samples(work);
    free(variances);
    return 0;
}

/* --- each context by itself ------------------------------------------------------------------- */

static void settle(struct work *work, uint32_t node) {
    struct correction *correction = work->correction;
    struct correction_context *context = &correction->contexts[node];
    const double measured = work->measured[node], waits = work->waits[node];
    context->raw = fmax(0, measured);
    context->off_cpu = fmin(waits, context->raw);
    correction->unplaced_wall += context->raw - measured;
    correction->unplaced_cpu += context->raw - measured + waits - context->off_cpu;
    const double on_cpu = context->raw - context->off_cpu;
    context->overhead = fmin(work->costs[node], on_cpu);
    context->on_cpu = on_cpu - context->overhead;
    context->excess = work->costs[node] - context->overhead;
    context->error = fmin(context->error, on_cpu);
    context->is_timed = work->timed_calls == NULL && !correction->is_sampled
                            ? !is_counted(work, node)
                            : timed_calls(work, node) != 0 || on_cpu > 0;
    correction->excess_total += context->excess;
    correction->excess_contexts += context->excess > 0;
}

/* A plain run took this long: the rest was the probes', and is taken from each context in
 * proportion. */
static void anchor(struct work *work, double baseline_seconds) {
    struct correction *correction = work->correction;
    const double plain = baseline_seconds * work->snapshot->ticks_per_second;
    const double goal = fmax(0, correction->raw_total - plain);
    for (uint32_t i = 1; correction->overhead_total > 0 && i < work->snapshot->node_count; i++)
        work->costs[i] *= goal / correction->overhead_total;
    correction->overhead_total = goal;
    correction->error_total = 0;
    correction->is_anchored = true;
}

/* Time off the CPU that the recorder could charge to no context: by so much the contexts are too
 * long. */
static void leave_stray_unplaced(struct correction *correction, const struct snapshot *snapshot) {
    const double stray = fmin((double)snapshot->header.stray_ticks, fmax(0, correction->cpu_total));
    correction->unplaced_cpu += stray;
    correction->cpu_total -= stray;
}

static void settle_all(struct work *work, double baseline_seconds) {
    const struct snapshot *snapshot = work->snapshot;
    struct correction *correction = work->correction;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (!snapshot_is_context(snapshot, i))
            continue;
        correction->raw_total += work->measured[i];
        correction->cpu_total += work->measured[i] - work->waits[i];
        correction->overhead_total += work->costs[i];
    }
    leave_stray_unplaced(correction, snapshot);
    if (baseline_seconds > 0)
        anchor(work, baseline_seconds);
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot_is_context(snapshot, i))
            settle(work, i);
    }
    correction->overhead_total = fmin(correction->overhead_total, fmax(0, correction->cpu_total));
    correction->error_total =
        hypot(correction->error_total,
              PLAIN_ERROR * (correction->cpu_total - correction->overhead_total));
}

/* --- all of it -------------------------------------------------------------------------------- */

static int allocate(struct work *work) {
    const size_t count = (size_t)work->snapshot->node_count + 1;
    work->correction = calloc(1, sizeof(*work->correction));
    if (work->correction != NULL)
        work->correction->contexts = calloc(count, sizeof(*work->correction->contexts));
    work->measured = calloc(count, sizeof(*work->measured));
    work->waits = calloc(count, sizeof(*work->waits));
    work->costs = calloc(count, sizeof(*work->costs));
    work->timed_from = calloc(count, sizeof(*work->timed_from));
    return work->correction == NULL || work->correction->contexts == NULL ||
                   work->measured == NULL || work->waits == NULL || work->costs == NULL ||
                   work->timed_from == NULL
               ? -1
               : 0;
}

static void clean_up(struct work *work) {
    free(work->measured);
    free(work->waits);
    free(work->costs);
    free(work->timed_from);
}

static int take_measured(struct work *work, const int64_t *off_cpu) {
    measure(work, off_cpu);
    if (reckon_all(work) != 0)
        return -1;
    return work->samples == NULL ? 0 : join_samples(work);
}

struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  const int64_t *off_cpu, struct probe_samples *samples,
                                  double baseline_seconds, struct error *error) {
    struct work work = {.snapshot = snapshot,
                        .self = self,
                        .samples = samples,
                        .timed_calls = snapshot_column(snapshot, "timed_calls"),
                        .variance = snapshot_column(snapshot, "variance")};
    int result = allocate(&work);
    if (result == 0) {
        work.correction->costs = probe_costs_of(snapshot);
        result = sampled_times_are_all(snapshot, self, samples) ? take_sampled(&work)
                                                                : take_measured(&work, off_cpu);
    }
    if (result == 0)
        work.correction->errs_by_chance = samples != NULL || work.variance != NULL;
    if (result == 0) {
        settle_all(&work, baseline_seconds);
    } else {
        correction_free(work.correction);
        work.correction = NULL;
        error_set(error, "out of memory");
    }
    clean_up(&work);
    return work.correction;
}
