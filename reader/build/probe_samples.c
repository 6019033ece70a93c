/* SPDX-License-Identifier: MIT */
/* See probe_samples.h. */
#include "probe_samples.h"

#include <stdlib.h>

void probe_samples_free(struct probe_samples *samples) {
    if (samples == NULL)
        return;
    free(samples->own);
    free(samples->probes);
    free(samples);
}

/* Counts samples and not their periods: several periods that end at one sample are one
 * observation. */
static void count(struct probe_samples *samples, const struct snapshot *snapshot,
                  struct build_locations *locations) {
    for (uint32_t i = 0; i < snapshot->sample_count; i++) {
        const struct snapshot_sample *sample = &snapshot->samples[i];
        const bool is_probe = build_location_is_probe(
            locations, snapshot->nodes[sample->node].function, sample->address);
        (is_probe ? samples->probes : samples->own)[sample->node] += (double)sample->count;
    }
}

struct probe_samples *probe_samples_new(const struct snapshot *snapshot,
                                        struct build_locations *locations, struct error *error) {
    const size_t nodes = (size_t)snapshot->node_count + 1;
    struct probe_samples *samples = calloc(1, sizeof(*samples));
    if (samples != NULL) {
        samples->own = calloc(nodes, sizeof(*samples->own));
        samples->probes = calloc(nodes, sizeof(*samples->probes));
    }
    if (samples == NULL || samples->own == NULL || samples->probes == NULL) {
        probe_samples_free(samples);
        error_set(error, "out of memory");
        return NULL;
    }
    count(samples, snapshot, locations);
    return samples;
}
