/* SPDX-License-Identifier: MIT */
/*
 * trace=: the words in the rings of lanes. A live ring is written while it is read; words that were
 * overwritten in the meantime are left out. Called by snapshot.c.
 */
#include <stdlib.h>
#include <string.h>

#include "snapshot_copy.h"

#define MOST_WORDS (UINT64_C(1) << 27)

static int read_words(const struct snapshot_source *source, const struct segment_lane *info,
                      uint64_t from, uint64_t count, uint64_t *words, struct error *error) {
    const uint64_t at = from & (info->trace_capacity - 1);
    const uint64_t first = count < info->trace_capacity - at ? count : info->trace_capacity - at;
    if (snapshot_read(source, info->trace + at * sizeof(*words), words, first * sizeof(*words),
                      error) != 0)
        return -1;
    return snapshot_read(source, info->trace, words + first, (count - first) * sizeof(*words),
                         error);
}

/* How far the writer has come. */
static int read_written(const struct snapshot_source *source, const struct snapshot *snapshot,
                        const struct snapshot_lane *lane, uint64_t *written, struct error *error) {
    const struct segment_section *lanes = &snapshot->header.sections[SEGMENT_SECTION_LANES];
    return snapshot_read(source,
                         lanes->offset + (uint64_t)lane->index * lanes->element_size +
                             offsetof(struct segment_lane, trace_written),
                         written, sizeof(*written), error);
}

static int read_ring(const struct snapshot_source *source, const struct snapshot *snapshot,
                     struct snapshot_lane *lane, struct error *error) {
    const struct segment_lane *info = &lane->info;
    const uint64_t capacity = info->trace_capacity;
    const bool is_kept = snapshot->header.trace.ring_words != 0;
    uint64_t written = info->trace_written, from = info->trace_read, late;
    if (capacity == 0 || (capacity & (capacity - 1)) != 0 || capacity > MOST_WORDS ||
        written < from || (!is_kept && written - from > capacity))
        return error_set(error, "%s: damaged: the ring of a trace", source->name);
    if (written - from > capacity)
        from = written - capacity;
    lane->trace = reallocarray(NULL, written - from + 1, sizeof(*lane->trace));
    if (lane->trace == NULL)
        return error_set(error, "%s: out of memory", source->name);
    if (read_words(source, info, from, written - from, lane->trace, error) != 0 ||
        read_written(source, snapshot, lane, &late, error) != 0)
        return -1;
    lane->trace_count = written - from;
    lane->trace_is_cut = is_kept && from != 0;
    if (is_kept && late > from + capacity) {
        const uint64_t gone = late - capacity - from;
        lane->trace_count = gone < lane->trace_count ? lane->trace_count - gone : 0;
        memmove(lane->trace, lane->trace + (written - from - lane->trace_count),
                lane->trace_count * sizeof(*lane->trace));
        lane->trace_is_cut = true;
    }
    return 0;
}

int snapshot_read_traces(const struct snapshot_source *source, struct snapshot *snapshot,
                         struct error *error) {
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        if (snapshot->lanes[i].info.trace != 0 &&
            read_ring(source, snapshot, &snapshot->lanes[i], error) != 0)
            return -1;
    }
    return 0;
}
