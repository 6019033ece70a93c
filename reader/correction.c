/* SPDX-License-Identifier: MIT */
/*
 * The probes' cost (see correction.h).
 *
 * A call costs inner ticks between its two time stamps and outer ticks in its caller. Both are
 * known from the hooks in a tight loop, run again and again while the program ran, so at the
 * program's own clock rate and load. That an entry takes longer where the program is (caches miss,
 * branches are mispredicted) is timed in place, on a random few. A call that reads no clock costs
 * more in a program than in the loop, where the next one is begun before it has ended; reading the
 * clock forbids that. How much of either is real was fitted to real programs whose plain run time
 * was known (docs/architecture.md has the table); the errors cover what the fit left.
 */
#include "correction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Errors are one standard deviation, as a share of what they belong to. */
#define LOOP_ERROR     0.07
#define IN_PLACE_SHARE 0.2 /* of the difference that is believed */
#define IN_PLACE_ERROR 0.3
#define UNTIMED_SHARE  0.4 /* by how much a call that is not timed costs more than in the loop */
#define UNTIMED_ERROR  0.2
#define DURATION_SHARE 0.25 /* histogram=1: as UNTIMED_SHARE; their memory is far in a program */
#define DURATION_ERROR 0.12
#define PLAIN_ERROR    0.04 /* of what is left: code that is laid out otherwise runs otherwise */
#define LEAST_BATCHES  4u
#define LEAST_ENTERS   64u

void correction_free(struct correction *correction) {
    if (correction == NULL)
        return;
    free(correction->overhead);
    free(correction);
}

/* --- a call's cost ------------------------------------------------------------------------------
 */

static struct segment_probe_sums sum_probes(const struct snapshot *snapshot) {
    struct segment_probe_sums sums = {0};

    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const uint64_t *from = (const uint64_t *)&snapshot->lanes[i].info.probes;
        uint64_t *to = (uint64_t *)&sums;
        for (size_t k = 0; k < sizeof(sums) / sizeof(*to); k++)
            to[k] += from[k];
    }
    return sums;
}

static double ratio(uint64_t sum, uint64_t count) {
    return count == 0 ? 0 : (double)sum / (double)count;
}

/* By how much entries in the program take longer than in the loop, in ticks. Of timing=adaptive the
 * timed ones alone are seen, which are the rare ones: they tell nothing of the others. */
static double in_place_difference(const struct snapshot *snapshot,
                                  const struct segment_probe_sums *sums,
                                  const struct segment_probe_sums *loop) {
    const double difference =
        ratio(sums->enter_ticks, sums->enters) - ratio(loop->loop_enter_ticks, loop->loop_enters);

    if (snapshot->header.timing != SEGMENT_TIMING_EXACT || sums->enters < LEAST_ENTERS ||
        loop->loop_enters == 0 || difference < 0)
        return 0;
    return difference;
}

static void read_costs(const struct snapshot *snapshot, struct correction *correction) {
    const struct segment_probe_sums sums = sum_probes(snapshot);
    const struct segment_probe_sums *loop =
        sums.batches >= LEAST_BATCHES ? &sums : &snapshot->header.start_probes;
    const uint64_t pairs = loop->batches * SEGMENT_LOOP_PAIRS;
    const double difference = in_place_difference(snapshot, &sums, loop);
    const double untimed = ratio(loop->untimed, pairs);
    const double in_loop = ratio(loop->inner + loop->outer, pairs);
    const double durations = snapshot_column(snapshot, "min") == NULL ? 0 : in_loop;

    correction->inner = ratio(loop->inner, pairs);
    correction->outer =
        in_loop - correction->inner + IN_PLACE_SHARE * difference + DURATION_SHARE * durations;
    correction->untimed = (1 + UNTIMED_SHARE) * untimed + IN_PLACE_SHARE * difference;
    correction->error = hypot(
        hypot(LOOP_ERROR * (correction->inner + correction->outer), DURATION_ERROR * durations),
        IN_PLACE_ERROR * difference);
    correction->untimed_error = hypot(UNTIMED_ERROR * untimed, IN_PLACE_ERROR * difference);
    correction->probes = sums.enters;
}

/* --- context by context -------------------------------------------------------------------------
 */

/* Functions that are counted and never timed have no time at all. */
static bool is_counted(const struct snapshot *snapshot, const int64_t *self, uint32_t node) {
    return snapshot->header.timing == SEGMENT_TIMING_EXACT && snapshot->nodes[node].total == 0 &&
           self[node] == 0;
}

/* The share of calls that were timed, made from each node as far as the tree tells (which folds
 * recursion). 1 where every call is timed. */
static double *timed_shares(const struct snapshot *snapshot, const int64_t *self) {
    const uint64_t *timed = snapshot_column(snapshot, "timed_calls");
    double *shares = calloc((size_t)snapshot->node_count + 1, sizeof(*shares));
    double *calls = calloc((size_t)snapshot->node_count + 1, sizeof(*calls));

    for (uint32_t i = 1; shares != NULL && calls != NULL && i < snapshot->node_count; i++) {
        const uint32_t parent = snapshot->nodes[i].parent;
        if (timed != NULL)
            shares[parent] += (double)timed[i];
        else if (!is_counted(snapshot, self, i))
            shares[parent] += (double)snapshot->nodes[i].calls;
        calls[parent] += (double)snapshot->nodes[i].calls;
    }
    for (uint32_t i = 0; shares != NULL && calls != NULL && i < snapshot->node_count; i++)
        shares[i] = calls[i] > 0 && shares[i] < calls[i] ? shares[i] / calls[i] : 1;
    if (calls == NULL) {
        free(shares);
        return NULL;
    }
    free(calls);
    return shares;
}

static bool is_context(const struct snapshot *snapshot, uint32_t node) {
    return snapshot->node_lane[node] != SNAPSHOT_NONE &&
           snapshot->nodes[node].function != SEGMENT_FUNCTION_ROOT;
}

/* Whose time a context's is: its own, or where it is only counted its caller's. */
static uint32_t timed_caller(const struct snapshot *snapshot, const int64_t *self, uint32_t node) {
    while (is_counted(snapshot, self, node) && is_context(snapshot, snapshot->nodes[node].parent))
        node = snapshot->nodes[node].parent;
    return node;
}

/* Which calls have no time of their own, and which not even a caller's. */
static void count_untimed(struct correction *correction, const struct snapshot *snapshot,
                          const int64_t *self) {
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (!is_context(snapshot, i))
            continue;
        if (!is_counted(snapshot, self, i)) {
            correction->is_timed = true;
            continue;
        }
        correction->counted_calls += snapshot->nodes[i].calls;
        if (is_counted(snapshot, self, timed_caller(snapshot, self, i)))
            correction->homeless_calls += snapshot->nodes[i].calls;
    }
}

/* Fills in `overhead` with what the probes should have cost, however long the context took. */
static int reckon(struct correction *correction, const struct snapshot *snapshot,
                  const int64_t *self) {
    double *shares = timed_shares(snapshot, self);
    double untimed = correction->untimed;

    if (shares == NULL)
        return -1;
    /* timing=adaptive: a call that is not timed has no inner part, but the scaled times hold one
     * for it, and take that from its caller. Counting alone may cost less: the caller then gets
     * some back. */
    if (snapshot->header.timing != SEGMENT_TIMING_EXACT)
        untimed -= correction->inner;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const struct segment_node *node = &snapshot->nodes[i];
        if (!is_context(snapshot, i))
            continue;
        const bool has_inner = !is_counted(snapshot, self, i);
        const double timed = shares[i] * (double)node->callee_returns;
        const double counted = (double)node->callee_returns - timed;
        const double cost = (has_inner ? correction->inner * (double)node->calls : 0) +
                            correction->outer * timed + untimed * counted;
        correction->error_total += correction->error * timed + correction->untimed_error * counted;
        correction->overhead[timed_caller(snapshot, self, i)] += cost;
        correction->overhead_total += cost;
        correction->raw_total += (double)self[i];
    }
    free(shares);
    return 0;
}

static double most(const int64_t *self, uint32_t node) {
    return self[node] > 0 ? (double)self[node] : 0;
}

/* A negative cost (see reckon()) is given whole, whatever the scale. */
static double scaled(const struct correction *correction, const int64_t *self, uint32_t node,
                     double scale) {
    const double cost = correction->overhead[node];

    return cost > 0 ? fmin(scale * cost, most(self, node)) : cost;
}

static double sum_scaled(const struct correction *correction, const struct snapshot *snapshot,
                         const int64_t *self, double scale) {
    double sum = 0;

    for (uint32_t i = 1; i < snapshot->node_count; i++)
        sum += scaled(correction, self, i, scale);
    return sum;
}

/* The total is known better than its parts: what cannot be taken out of a context because it took
 * less is taken out of the others, in proportion. So is what scaled times (timing=adaptive) have
 * left below zero here and there. `overhead` becomes at most the self time. */
static void fit(struct correction *correction, const struct snapshot *snapshot,
                const int64_t *self) {
    double goal, low = 0, high = 1;

    correction->overhead_total = fmin(correction->overhead_total, fmax(0, correction->raw_total));
    goal = correction->overhead_total;
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (!is_context(snapshot, i))
            continue;
        if (self[i] < 0)
            goal -= (double)self[i];
        if (correction->overhead[i] > most(self, i)) {
            correction->clamped_contexts++;
            correction->clamped_ticks += correction->overhead[i] - most(self, i);
        }
    }
    while (high < 1024 && sum_scaled(correction, snapshot, self, high) < goal)
        high *= 2;
    for (int i = 0; i < 40; i++) {
        const double middle = (low + high) / 2;
        if (sum_scaled(correction, snapshot, self, middle) < goal)
            low = middle;
        else
            high = middle;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++)
        correction->overhead[i] = scaled(correction, self, i, high);
}

/* A plain run took this long: what is more was the probes'. */
static void anchor(struct correction *correction, const struct snapshot *snapshot,
                   double baseline_seconds) {
    const double plain = baseline_seconds * snapshot->ticks_per_second;

    correction->overhead_total = fmax(0, correction->raw_total - plain);
    correction->error_total = 0;
    correction->is_anchored = true;
}

struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  double baseline_seconds, struct error *error) {
    struct correction *correction = calloc(1, sizeof(*correction));

    if (correction != NULL)
        correction->overhead =
            calloc((size_t)snapshot->node_count + 1, sizeof(*correction->overhead));
    if (correction == NULL || correction->overhead == NULL) {
        free(correction);
        error_set(error, "out of memory");
        return NULL;
    }
    read_costs(snapshot, correction);
    count_untimed(correction, snapshot, self);
    if (reckon(correction, snapshot, self) != 0) {
        correction_free(correction);
        error_set(error, "out of memory");
        return NULL;
    }
    if (baseline_seconds > 0)
        anchor(correction, snapshot, baseline_seconds);
    fit(correction, snapshot, self);
    correction->error_total =
        hypot(correction->error_total,
              PLAIN_ERROR * (correction->raw_total - correction->overhead_total));
    return correction;
}
