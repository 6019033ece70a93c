/* SPDX-License-Identifier: MIT */
/*
 * A call costs inner ticks between its two time stamps and outer ticks in its caller. Both are
 * measured with the hooks in a tight loop, again and again while the program runs, and so at the
 * program's own clock rate and load. In a program hooks cost that on average, but not in each
 * program. While a hook waits for the clock the program's own work goes on, which makes hooks
 * cheaper; they miss caches, mispredict, and take registers from the code around them, which makes
 * them dearer. None of this can be measured from within. A call that reads no clock costs more in a
 * program than in the loop, where one call overlaps with the next; reading the clock prevents that.
 * The factors and errors below come from real programs whose plain run time was known
 * (docs/architecture.md has the table).
 */
#include "probe_costs.h"
#include "reader/snapshot/snapshot_columns.h"

#include <math.h>

#define LOOP_ERROR         0.11
#define UNTIMED_SHARE      0.5 /* how much more a call that is not timed costs than in the loop */
#define UNTIMED_ERROR      0.28
#define SLOT_SHARE         2.0 /* the same of a call by slots: in a program it waits for caches */
#define SLOT_ERROR         1.0
#define SLOT_START_SHARE   4.0 /* and if the loop ran at start alone, in the nearest caches */
#define SLOT_START_ERROR   2.5
#define DRAWN_SHARE        0.8 /* timing=adaptive by slots: as UNTIMED_SHARE, of a timed call */
#define DRAWN_ERROR        0.25
#define DURATION_SHARE     0.25 /* histogram=1: as UNTIMED_SHARE; histograms are in far caches */
#define DURATION_ERROR     0.12
#define INSTRUCTIONS_SHARE 0.22 /* of counting instructions, in timed calls of the loop */
#define INSTRUCTIONS_ERROR 0.1
#define LEAST_BATCHES      16u /* fewer give no mean: a disturbed one takes up to 4 times as long */

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

static bool are_by_slots(const struct snapshot *snapshot) {
    bool is_found = false;
    for (uint32_t i = 1; i < snapshot->node_count && !is_found; i++)
        is_found = snapshot->nodes[i].kind == SEGMENT_NODE_COUNTED;
    return is_found;
}

/* Adds what a call that is not timed costs more than in the loop, where it took `ticks`. */
static void set_untimed(struct probe_costs *costs, bool is_start, double ticks) {
    double share = UNTIMED_SHARE, error = UNTIMED_ERROR;
    if (costs->are_by_slots) {
        share = is_start ? SLOT_START_SHARE : SLOT_SHARE;
        error = is_start ? SLOT_START_ERROR : SLOT_ERROR;
    }
    costs->untimed += (1 + share) * ticks;
    costs->untimed_error = hypot(costs->untimed_error, error * ticks);
}

struct probe_costs probe_costs_of(const struct snapshot *snapshot) {
    const struct segment_probe_sums sums = sum_probes(snapshot);
    const struct segment_probe_sums *loop =
        sums.batches >= LEAST_BATCHES ? &sums : &snapshot->header.start_probes;
    const uint64_t pairs = loop->batches * SEGMENT_LOOP_PAIRS;
    const double inner = ratio(loop->inner, pairs);
    const double timed = inner + ratio(loop->outer, pairs);
    const bool by_slots = are_by_slots(snapshot);
    /* Calls by slots that are drawn load much that the other calls do not need. */
    const bool are_drawn = by_slots && snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE;
    const double drawn = are_drawn ? timed : 0;
    const double durations = snapshot_column(snapshot, "min") == NULL ? 0 : timed;
    const uint64_t *column = snapshot_column(snapshot, "instructions");
    const double instructions = snapshot_column_is_any(snapshot, column) ? timed : 0;
    const double instructions_error = INSTRUCTIONS_ERROR * instructions;
    const double error = hypot(hypot(LOOP_ERROR * timed, DRAWN_ERROR * drawn),
                               hypot(DURATION_ERROR * durations, instructions_error));
    struct probe_costs costs = {
        .inner = inner,
        .outer = timed - inner + DRAWN_SHARE * drawn + DURATION_SHARE * durations +
                 INSTRUCTIONS_SHARE * instructions,
        .untimed = INSTRUCTIONS_SHARE * instructions,
        .inner_error = LOOP_ERROR * inner,
        .outer_error = error - LOOP_ERROR * inner,
        .error = error,
        .untimed_error = instructions_error,
        .batches = loop->batches,
        .are_by_slots = by_slots,
    };
    set_untimed(&costs, loop != &sums, ratio(loop->untimed, pairs));
    return costs;
}
