/* SPDX-License-Identifier: MIT */
/*
 * sample=HZ: the lists of samples of contexts. In a live segment a list may be taken apart while it
 * is read, because its thread ends: the snapshot is then taken again. Called by snapshot.c, after
 * the nodes.
 */
#include <stdlib.h>
#include <string.h>

#include "snapshot_copy.h"

static const uint64_t *find_heads(const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->header.column_count; i++) {
        if (snapshot->header.columns[i].combine == SEGMENT_COMBINE_SAMPLES)
            return (const uint64_t *)(const void *)snapshot->columns[i];
    }
    return NULL;
}

static bool lies_in_heap(const struct segment_section *heap, uint64_t offset) {
    return offset >= heap->offset && heap->capacity >= sizeof(struct segment_location) &&
           offset - heap->offset <= heap->capacity - sizeof(struct segment_location);
}

static int add(struct snapshot *snapshot, uint32_t *capacity, const struct snapshot_sample *sample,
               const char *name, struct error *error) {
    if (snapshot->sample_count == *capacity) {
        const uint32_t larger = *capacity == 0 ? 256 : *capacity * 2;
        struct snapshot_sample *samples =
            reallocarray(snapshot->samples, larger, sizeof(*snapshot->samples));
        if (samples == NULL)
            return error_set(error, "%s: out of memory", name);
        snapshot->samples = samples;
        *capacity = larger;
    }
    snapshot->samples[snapshot->sample_count++] = *sample;
    return 0;
}

int snapshot_read_samples(const struct snapshot_source *source, struct snapshot *snapshot,
                          struct error *error) {
    const struct segment_section *heap = &snapshot->header.sections[SEGMENT_SECTION_HEAP];
    const uint64_t *heads = find_heads(snapshot);
    uint32_t capacity = 0, read = 0;
    for (uint32_t i = 1; heads != NULL && i < snapshot->node_count; i++) {
        for (uint64_t at = heads[i]; at != 0;) {
            struct segment_location sample;
            if (!lies_in_heap(heap, at) || ++read > SEGMENT_MAX_SAMPLES)
                return error_set(error, "%s: damaged: samples lie outside", source->name);
            if (snapshot_read(source, at, &sample, sizeof(sample), error) != 0)
                return -1;
            at = sample.next;
            if (sample.count != 0 &&
                add(snapshot, &capacity,
                    &(struct snapshot_sample){i, sample.address, sample.count, sample.periods},
                    source->name, error) != 0)
                return -1;
        }
    }
    return 0;
}
