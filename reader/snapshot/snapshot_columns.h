/* SPDX-License-Identifier: MIT */
/*
 * The values of a segment's contexts that are in columns: one element for each node.
 */
#ifndef CINSTR_READER_SNAPSHOT_COLUMNS_H
#define CINSTR_READER_SNAPSHOT_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

struct snapshot;

/* A column by its name, NULL when the segment does not have it. snapshot_column(): elements of 8
 * bytes; snapshot_histograms(): arrays of `buckets` counts. */
const uint64_t *snapshot_column(const struct snapshot *snapshot, const char *name);
/* Whether any of its values is not 0; NULL has none. */
bool snapshot_column_is_any(const struct snapshot *snapshot, const uint64_t *column);
const uint32_t *snapshot_histograms(const struct snapshot *snapshot, uint32_t *buckets);

#endif
