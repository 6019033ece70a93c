/* SPDX-License-Identifier: MIT */
/* Trace events other than calls: marks, waits, bytes in use. */
#include "trace_mark.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/entry/entry.h"
#include "runtime/entry/lane_select.h"
#include "runtime/tree/trace_ring.h"

static struct lane *lane_to_trace(uintptr_t sp) {
    struct lane *lane = trace_is_on ? lane_for_hook(sp) : NULL;
    if (lane != NULL && lane->trace == NULL) {
        lane_rest(lane);
        lane = NULL;
    }
    return lane;
}

bool trace_mark(uintptr_t sp, uint32_t label, const int64_t *value) {
    struct lane *lane = lane_to_trace(sp);
    uint64_t words[2], ticks;
    if (lane == NULL)
        return false;
    ticks = clock_ticks();
    words[0] = trace_other(value == NULL ? SEGMENT_TRACE_MARK : SEGMENT_TRACE_VALUE,
                           trace_timed(label, ticks));
    words[1] = value == NULL ? 0 : trace_other(SEGMENT_TRACE_NUMBER, (uint64_t)*value);
    trace_emit(lane, ticks, words, value == NULL ? 1 : 2);
    lane_rest(lane);
    return true;
}

uint64_t trace_ticks(void) {
    return trace_is_on ? clock_ticks() : 0;
}

void trace_wait(uint32_t node, uint64_t start) {
    struct lane *lane =
        start == 0 || node == 0 ? NULL : lane_to_trace((uintptr_t)__builtin_frame_address(0));
    const uint64_t ticks = clock_ticks();
    uint64_t word;
    if (lane == NULL)
        return;
    if (start < lane->trace_time) /* events of a handler came in between */
        start = lane->trace_time;
    word = trace_timed((uint64_t)SEGMENT_TRACE_ENTER << 27 | node, start);
    trace_emit(lane, start, &word, 1);
    word = trace_timed((uint64_t)SEGMENT_TRACE_EXIT << 27 | node, ticks);
    trace_emit(lane, ticks, &word, 1);
    lane_rest(lane);
}

void trace_heap(int64_t more) {
    static int64_t in_use;
    int64_t value;
    if (!trace_is_on)
        return;
    value = __atomic_add_fetch(&in_use, more, __ATOMIC_RELAXED);
    trace_mark((uintptr_t)__builtin_frame_address(0), SEGMENT_TRACE_HEAP, &value);
}
