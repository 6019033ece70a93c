/* SPDX-License-Identifier: MIT */
/* See labels.h. */
#include "labels.h"

#include <cinstr/segment.h>

#include <string.h>

#include "runtime/base/state.h"
#include "segment_parts.h"
#include "segment_writer.h"

static uint32_t find(const char *key, const char *value, uint64_t count) {
    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(segment.labels[i].key, key) == 0 && strcmp(segment.labels[i].value, value) == 0)
            return i;
    }
    return 0;
}

/* Index 0 means none. */
static uint32_t add(const char *key, const char *value, uint64_t *count) {
    const uint32_t index = *count == 0 ? 1 : (uint32_t)*count;
    if (index == SEGMENT_MAX_LABELS || !segment_ready_label(0) || !segment_ready_label(index))
        return 0;
    memcpy(segment.labels[index].key, key, strlen(key) + 1);
    memcpy(segment.labels[index].value, value, strlen(value) + 1);
    __atomic_store_n(count, index + UINT64_C(1), __ATOMIC_RELEASE);
    return index;
}

uint32_t label_find(const char *key, const char *value) {
    uint64_t *count = &segment.header->sections[SEGMENT_SECTION_LABELS].count;
    process_lock();
    uint32_t index = find(key, value, *count);
    if (index == 0)
        index = add(key, value, count);
    process_unlock();
    return index;
}
