/* SPDX-License-Identifier: MIT */
/*
 * histogram=1: a lane keeps the duration of the call that ended last until the next one ends
 * (runtime/tree/duration.h). Here it is added to its context. Called by snapshot_nodes.c.
 */
#include <string.h>

#include "snapshot_columns.h"
#include "snapshot_copy.h"

static uint64_t *find_values(const struct snapshot *snapshot, const char *name) {
    for (uint32_t i = 0; i < snapshot->header.column_count; i++) {
        const struct segment_column *column = &snapshot->header.columns[i];
        if (strcmp(column->name, name) == 0 && column->element_size == sizeof(uint64_t))
            return (uint64_t *)(void *)snapshot->columns[i];
    }
    return NULL;
}

static void add(struct snapshot *snapshot, uint32_t node, uint64_t ticks) {
    uint32_t buckets, *counts;
    uint64_t *min = find_values(snapshot, "min"), *max = find_values(snapshot, "max");
    const uint64_t least = ticks | (ticks == 0);
    counts = (uint32_t *)(uintptr_t)snapshot_histograms(snapshot, &buckets);
    if (counts == NULL || segment_histogram_bucket(ticks) >= buckets)
        return;
    counts += (size_t)node * buckets;
    counts[segment_histogram_bucket(ticks)] +=
        counts[segment_histogram_bucket(ticks)] != UINT32_MAX;
    if (min != NULL && (min[node] == 0 || min[node] > least))
        min[node] = least;
    if (max != NULL && max[node] < ticks)
        max[node] = ticks;
}

void snapshot_add_late_durations(struct snapshot *snapshot) {
    const uint64_t first =
        snapshot->header.base + snapshot->header.sections[SEGMENT_SECTION_NODES].offset;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct segment_lane *info = &snapshot->lanes[i].info;
        const uint64_t node = (info->late_node - first) / sizeof(struct segment_node);
        if (info->late_node < first || node >= snapshot->node_count ||
            snapshot->node_lane[node] == SNAPSHOT_NONE ||
            info->reset_epoch < snapshot->header.reset_epoch)
            continue;
        add(snapshot, (uint32_t)node, info->late_ticks);
    }
}
