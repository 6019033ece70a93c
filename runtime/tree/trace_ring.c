/* SPDX-License-Identifier: MIT */
/*
 * trace=, trace_ring=: every entry and exit with its time, as words in a ring of the lane
 * (include/cinstr/segment.h). A word is stored first and counted afterwards, so that readers see
 * complete ones.
 *
 * A ring that is drained (trace_drain.c) never makes the program wait: when it is full, events are
 * lost, and the next event that has room says how many.
 */
#include "trace_ring.h"

#include <cinstr/segment.h>

#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "counterpart.h"
#include "runtime/base/lane.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"

#define TIME_EVERY   1024u /* words after which one has the whole time */
#define TIME_MASK    ((UINT64_C(1) << SEGMENT_TRACE_TIME_BITS) - 1)
#define PAYLOAD_MASK ((UINT64_C(1) << 58) - 1)
#define MOST_WORDS   4u /* words of an event with those that must precede it */

bool trace_is_on;

uint64_t trace_ring_words;
bool trace_is_drained;
static uint32_t wake;

/* --- words ------------------------------------------------------------------------------------ */

uint64_t trace_other(enum segment_trace_other what, uint64_t payload) {
    return (uint64_t)SEGMENT_TRACE_OTHER << 62 | (uint64_t)what << 58 | (payload & PAYLOAD_MASK);
}

uint64_t trace_timed(uint64_t field, uint64_t ticks) {
    return field << SEGMENT_TRACE_TIME_BITS | (ticks & TIME_MASK);
}

void trace_wake(void) {
    if (__atomic_exchange_n(&wake, 1, __ATOMIC_RELAXED) == 0)
        syscall(SYS_futex, &wake, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void trace_await(const struct timespec *time) {
    syscall(SYS_futex, &wake, FUTEX_WAIT_PRIVATE, 0, time, NULL, 0);
    __atomic_store_n(&wake, 0, __ATOMIC_RELAXED);
}

/* False: the ring is full. */
static bool has_room(const struct segment_lane *info) {
    uint64_t used;
    if (!trace_is_drained)
        return true;
    used = info->trace_written - __atomic_load_n(&info->trace_read, __ATOMIC_ACQUIRE);
    if (used > info->trace_capacity / 2)
        trace_wake();
    return used + MOST_WORDS <= info->trace_capacity;
}

static uint64_t put(const struct lane *lane, uint64_t at, uint64_t word) {
    lane->trace[at & (lane->info->trace_capacity - 1)] = word;
    return at + 1;
}

/* Adds an event, of one or two words. */
void trace_emit(struct lane *lane, uint64_t ticks, const uint64_t *words, unsigned count) {
    struct segment_lane *info = lane->info;
    uint64_t at = info->trace_written;
    if (!has_room(info)) {
        lane->trace_gap++;
        info->trace_lost++;
        return;
    }
    if (lane->trace_gap != 0)
        at = put(lane, at, trace_other(SEGMENT_TRACE_LOST, lane->trace_gap));
    if (lane->trace_gap != 0 || ticks - lane->trace_time >= TIME_MASK / 2 ||
        at % TIME_EVERY <= MOST_WORDS)
        at = put(lane, at, trace_other(SEGMENT_TRACE_TIME, ticks));
    lane->trace_gap = 0;
    lane->trace_time = ticks;
    for (unsigned i = 0; i < count; i++)
        at = put(lane, at, words[i]);
    __atomic_store_n(&info->trace_written, at, __ATOMIC_RELEASE);
}

static void emit_call(struct lane *lane, enum segment_trace_kind kind, struct segment_node *node,
                      uint64_t ticks) {
    const uint64_t counterpart = counterpart_find(node);
    const uint64_t word = trace_timed((uint64_t)kind << 27 | counterpart, ticks);
    if (counterpart != 0) {
        trace_emit(lane, ticks, &word, 1);
    } else {
        lane->trace_gap++;
        lane->info->trace_lost++;
    }
}

void trace_enter(struct lane *lane, struct segment_node *node, uint64_t ticks) {
    emit_call(lane, SEGMENT_TRACE_ENTER, node, ticks);
}

void trace_exit(struct lane *lane, struct segment_node *node, uint64_t ticks) {
    emit_call(lane, SEGMENT_TRACE_EXIT, node, ticks);
}

void trace_off_cpu(struct lane *lane, uint64_t ticks) {
    const uint64_t word = trace_other(SEGMENT_TRACE_OFF_CPU, ticks);
    trace_emit(lane, lane->trace_time, &word, 1);
}

void trace_attach(struct lane *lane) {
    struct segment_lane *info = lane->info;
    if (!trace_is_on || info->kind == SEGMENT_LANE_ENDED)
        return;
    lane->trace = segment_take_heap(trace_ring_words * sizeof(*lane->trace));
    if (lane->trace == NULL)
        return;
    info->trace_capacity = trace_ring_words;
    __atomic_store_n(&info->trace, (uint64_t)((char *)lane->trace - segment.base),
                     __ATOMIC_RELEASE);
}
