/* SPDX-License-Identifier: MIT */
/* See snapshot_columns.h. */
#include "snapshot_columns.h"

#include <string.h>

#include "snapshot.h"

static int find_column(const struct snapshot *snapshot, const char *name) {
    for (uint32_t i = 0; i < snapshot->header.column_count; i++) {
        if (strcmp(snapshot->header.columns[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

const uint64_t *snapshot_column(const struct snapshot *snapshot, const char *name) {
    int i = find_column(snapshot, name);
    if (i < 0 || snapshot->header.columns[i].element_size != sizeof(uint64_t))
        return NULL;
    return (const uint64_t *)(const void *)snapshot->columns[i];
}

bool snapshot_column_is_any(const struct snapshot *snapshot, const uint64_t *column) {
    for (uint32_t i = 0; column != NULL && i < snapshot->node_count; i++) {
        if (column[i] != 0)
            return true;
    }
    return false;
}

const uint32_t *snapshot_histograms(const struct snapshot *snapshot, uint32_t *buckets) {
    int i = find_column(snapshot, "histogram");
    if (i < 0 || snapshot->header.columns[i].combine != SEGMENT_COMBINE_HISTOGRAM)
        return NULL;
    *buckets = snapshot->header.columns[i].element_size / (uint32_t)sizeof(uint32_t);
    return (const uint32_t *)(const void *)snapshot->columns[i];
}
