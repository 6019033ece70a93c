/* SPDX-License-Identifier: MIT */
/*
 * The calls of a context, divided by their durations (see build_durations.h).
 */
#include "build_durations.h"
#include "reader/snapshot/snapshot_columns.h"

#include <stdlib.h>

struct build_durations {
    const struct snapshot *snapshot;
    const uint32_t *histograms;
    const uint64_t *min, *max; /* by node, in ticks; NULL not recorded */
    uint32_t buckets;
};

struct build_durations *build_durations_new(const struct snapshot *snapshot, struct error *error) {
    struct build_durations *durations = calloc(1, sizeof(*durations));
    if (durations == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    durations->snapshot = snapshot;
    durations->histograms = snapshot_histograms(snapshot, &durations->buckets);
    durations->min = snapshot_column(snapshot, "min");
    durations->max = snapshot_column(snapshot, "max");
    return durations;
}

void build_durations_free(struct build_durations *durations) {
    free(durations);
}

/* The middle of a bucket in ticks. segment.h says where buckets begin. */
static double bucket_ticks(uint32_t bucket) {
    if (bucket < 4)
        return bucket;
    const uint32_t octave = bucket / 4 + 1;
    const double step = octave < 66 ? (double)(UINT64_C(1) << (octave - 2)) : 0x1p64;
    return (4.0 + bucket % 4 + 0.5) * step;
}

/* Both ends are known exactly: the shortest call stands for its bucket, the longest for its own.
 * In a part of a run they are not known, since either call may have been before. */
static double typical_ticks(const struct build_durations *durations, uint32_t node, uint32_t bucket,
                            uint32_t first, uint32_t last) {
    if (bucket == last && durations->max != NULL && durations->max[node] != 0)
        return (double)durations->max[node];
    if (bucket == first && durations->min != NULL && durations->min[node] != 0)
        return (double)durations->min[node];
    return bucket_ticks(bucket);
}

static int add_bucket(struct profile *profile, struct profile_sample *sample, int64_t count,
                      uint64_t ns) {
    int64_t values[16] = {count};
    struct profile_sample part = *sample;
    part.values = values;
    part.tags[part.tag_count++] = (struct profile_tag){
        .key = PROFILE_DURATION_TAG, .number = (int64_t)(ns == 0 ? 1 : ns), .unit = "nanoseconds"};
    return profile_add_sample(profile, &part) == PROFILE_NONE ? -1 : 0;
}

int build_durations_add(const struct build_durations *durations, struct profile *profile,
                        uint32_t node, struct profile_sample *sample) {
    const uint32_t *counts = durations->histograms + (size_t)node * durations->buckets;
    uint32_t first = 0, last = durations->buckets;
    while (first < durations->buckets && counts[first] == 0)
        first++;
    while (last > first && counts[last - 1] == 0)
        last--;
    for (uint32_t i = first; i < last; i++) {
        const int64_t count = counts[i] < sample->values[0] ? counts[i] : sample->values[0];
        const double ticks = typical_ticks(durations, node, i, first, last - 1);
        if (count > 0 &&
            add_bucket(profile, sample, count, snapshot_ns(durations->snapshot, ticks)) != 0)
            return -1;
        sample->values[0] -= count;
    }
    return 0;
}
