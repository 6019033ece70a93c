/* SPDX-License-Identifier: MIT */
/*
 * The probes' cost (see correction.h).
 *
 * A call costs inner ticks between its two time stamps and outer ticks in its caller. Both are
 * known from the hooks in a tight loop, run again and again while the program ran, so at the
 * program's own clock rate and load. What they add to a program is that on average, and not in
 * each: while a hook waits for the clock the program's own work goes on, which makes it less; hooks
 * miss caches, mispredict, and take registers from the code around them, which makes it more. None
 * of this can be told from within. A call that reads no clock costs more in a program than in the
 * loop, where the next one is begun before it has ended; reading the clock forbids that. The
 * shares, and the errors, are those of real programs whose plain run time was known
 * (docs/architecture.md has the table).
 */
#include "correction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Errors are one standard deviation, as a share of what they belong to. */
#define LOOP_ERROR         0.11
#define UNTIMED_SHARE      0.5 /* by how much a call that is not timed costs more than in the loop */
#define UNTIMED_ERROR      0.28
#define DURATION_SHARE     0.25 /* histogram=1: as UNTIMED_SHARE; their memory is far in a program */
#define DURATION_ERROR     0.12
#define INSTRUCTIONS_SHARE 0.22 /* counting them, by what a timed call costs in the loop */
#define INSTRUCTIONS_ERROR 0.1
#define PLAIN_ERROR        0.1 /* of what is left: laid out otherwise, or beside hooks, it differs */
#define LEAST_BATCHES      16u /* fewer are no mean: a disturbed one may be 4 times as long */

void correction_free(struct correction *correction) {
    if (correction == NULL)
        return;
    free(correction->overhead);
    free(correction->on_cpu);
    free(correction->off_cpu);
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

static void read_costs(const struct snapshot *snapshot, struct correction *correction) {
    const struct segment_probe_sums sums = sum_probes(snapshot);
    const struct segment_probe_sums *loop =
        sums.batches >= LEAST_BATCHES ? &sums : &snapshot->header.start_probes;
    const uint64_t pairs = loop->batches * SEGMENT_LOOP_PAIRS;
    const double untimed = ratio(loop->untimed, pairs);
    const double timed = ratio(loop->inner + loop->outer, pairs);
    const double durations = snapshot_column(snapshot, "min") == NULL ? 0 : timed;
    const double instructions = snapshot_instructions(snapshot) == NULL ? 0 : timed;
    const double instructions_error = INSTRUCTIONS_ERROR * instructions;

    correction->inner = ratio(loop->inner, pairs);
    correction->untimed = (1 + UNTIMED_SHARE) * untimed + INSTRUCTIONS_SHARE * instructions;
    correction->outer =
        timed - correction->inner + DURATION_SHARE * durations + INSTRUCTIONS_SHARE * instructions;
    correction->error =
        hypot(hypot(LOOP_ERROR * timed, DURATION_ERROR * durations), instructions_error);
    correction->untimed_error = hypot(UNTIMED_ERROR * untimed, instructions_error);
    correction->batches = loop->batches;
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
        correction->cpu_total += correction->on_cpu[i];
    }
    free(shares);
    return 0;
}

static double most(const struct correction *correction, uint32_t node) {
    return fmax(0, correction->on_cpu[node]);
}

/* A negative cost (see reckon()) is given whole, whatever the scale. */
static double scaled(const struct correction *correction, uint32_t node, double scale) {
    const double cost = correction->overhead[node];

    return cost > 0 ? fmin(scale * cost, most(correction, node)) : cost;
}

static double sum_scaled(const struct correction *correction, const struct snapshot *snapshot,
                         double scale) {
    double sum = 0;

    for (uint32_t i = 1; i < snapshot->node_count; i++)
        sum += scaled(correction, i, scale);
    return sum;
}

/* By how much all costs are to be multiplied to come to `goal`. A wait that was scaled up can ask
 * for very much; what no cost can pay stays. */
static double find_scale(const struct correction *correction, const struct snapshot *snapshot,
                         double goal) {
    double low = 0, high = 1;

    while (high < 0x1p50 && sum_scaled(correction, snapshot, high) < goal) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 30; i++) {
        const double middle = (low + high) / 2;
        if (sum_scaled(correction, snapshot, middle) < goal)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* The total is known better than its parts: what cannot be taken out of a context because it took
 * less is taken out of the others, in proportion. So is, but that it is no cost of the probes, what
 * scaled times (timing=adaptive), or waits that were seen a call late, have left below zero here
 * and there. Who waits runs no hooks: a context pays of its time on a CPU. */
static void fit(struct correction *correction, const struct snapshot *snapshot) {
    double below_zero = 0, scale;

    correction->overhead_total = fmin(correction->overhead_total, fmax(0, correction->cpu_total));
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (!is_context(snapshot, i))
            continue;
        below_zero -= fmin(0, correction->on_cpu[i]);
        if (correction->overhead[i] > most(correction, i)) {
            correction->clamped_contexts++;
            correction->clamped_ticks += correction->overhead[i] - most(correction, i);
        }
    }
    const double cost_scale = find_scale(correction, snapshot, correction->overhead_total);
    scale = cost_scale;
    if (below_zero > 0)
        scale = find_scale(correction, snapshot, correction->overhead_total + below_zero);
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const double taken = scaled(correction, i, scale);
        correction->overhead[i] = scaled(correction, i, cost_scale);
        correction->on_cpu[i] = most(correction, i) - taken;
    }
}

/* A plain run took this long: what is more was the probes'. */
static void anchor(struct correction *correction, const struct snapshot *snapshot,
                   double baseline_seconds) {
    const double plain = baseline_seconds * snapshot->ticks_per_second;

    correction->overhead_total = fmax(0, correction->raw_total - plain);
    correction->error_total = 0;
    correction->is_anchored = true;
}

static struct correction *allocate(const struct snapshot *snapshot) {
    const size_t count = (size_t)snapshot->node_count + 1;
    struct correction *correction = calloc(1, sizeof(*correction));

    if (correction == NULL)
        return NULL;
    correction->overhead = calloc(count, sizeof(*correction->overhead));
    correction->on_cpu = calloc(count, sizeof(*correction->on_cpu));
    correction->off_cpu = calloc(count, sizeof(*correction->off_cpu));
    if (correction->overhead == NULL || correction->on_cpu == NULL || correction->off_cpu == NULL) {
        correction_free(correction);
        return NULL;
    }
    return correction;
}

/* `off_cpu` in nanoseconds, NULL unknown. A wait in a call that is only counted is in the time of
 * its caller. */
static void split(struct correction *correction, const struct snapshot *snapshot,
                  const int64_t *self, const int64_t *off_cpu) {
    for (uint32_t i = 1; off_cpu != NULL && i < snapshot->node_count; i++) {
        if (off_cpu[i] != 0)
            correction->off_cpu[timed_caller(snapshot, self, i)] +=
                (double)off_cpu[i] * snapshot->ticks_per_second / 1e9;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++)
        correction->on_cpu[i] = (double)self[i] - correction->off_cpu[i];
}

struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  const int64_t *off_cpu, double baseline_seconds,
                                  struct error *error) {
    struct correction *correction = allocate(snapshot);

    if (correction != NULL) {
        split(correction, snapshot, self, off_cpu);
        read_costs(snapshot, correction);
    }
    if (correction == NULL || reckon(correction, snapshot, self) != 0) {
        correction_free(correction);
        error_set(error, "out of memory");
        return NULL;
    }
    count_untimed(correction, snapshot, self);
    if (baseline_seconds > 0)
        anchor(correction, snapshot, baseline_seconds);
    fit(correction, snapshot);
    correction->error_total =
        hypot(correction->error_total,
              PLAIN_ERROR * (correction->cpu_total - correction->overhead_total));
    return correction;
}
