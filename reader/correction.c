/* SPDX-License-Identifier: MIT */
/*
 * The probes' cost (see correction.h).
 */
#include "correction.h"

#include <stdlib.h>

void correction_free(struct correction *correction) {
    if (correction == NULL)
        return;
    free(correction->overhead);
    free(correction);
}

static void read_costs(const struct snapshot *snapshot, struct correction *correction) {
    const struct segment_calibration *calibration = &snapshot->header.calibration;
    uint64_t enters = 0, exits = 0, enter_outer = 0, exit_outer = 0;

    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct segment_probe_sums *sums = &snapshot->lanes[i].info.probes;
        enters += sums->enters;
        exits += sums->exits;
        enter_outer += sums->enter_outer;
        exit_outer += sums->exit_outer;
    }
    correction->inner = calibration->inner_median;
    correction->outer = calibration->outer_median + calibration->call_sequence;
    correction->probes = enters + exits;
    if (enters > 30 && exits > 30)
        correction->outer = (double)enter_outer / (double)enters +
                            (double)exit_outer / (double)exits + calibration->call_sequence;
}

static void charge_node(struct correction *correction, const struct segment_node *node,
                        int64_t self, double *overhead) {
    const double cost =
        correction->inner * (double)node->calls + correction->outer * (double)node->callee_returns;
    const double most = self > 0 ? (double)self : 0;

    *overhead = cost < most ? cost : most;
    correction->overhead_total += *overhead;
    if (cost > most) {
        correction->clamped_contexts++;
        correction->clamped_ticks += cost - most;
    }
}

struct correction *correction_new(const struct snapshot *snapshot, const int64_t *self,
                                  double baseline_seconds, struct error *error) {
    struct correction *correction = calloc(1, sizeof(*correction));

    (void)baseline_seconds;
    if (correction != NULL)
        correction->overhead =
            calloc((size_t)snapshot->node_count + 1, sizeof(*correction->overhead));
    if (correction == NULL || correction->overhead == NULL) {
        free(correction);
        error_set(error, "out of memory");
        return NULL;
    }
    read_costs(snapshot, correction);
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const struct segment_node *node = &snapshot->nodes[i];
        if (snapshot->node_lane[i] == SNAPSHOT_NONE || node->function == SEGMENT_FUNCTION_ROOT)
            continue;
        correction->raw_total += (double)self[i];
        charge_node(correction, node, self[i], &correction->overhead[i]);
    }
    return correction;
}
