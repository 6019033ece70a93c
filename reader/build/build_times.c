/* SPDX-License-Identifier: MIT */
/*
 * The measured time of each context (see build_times.h).
 */
#include "build_times.h"
#include "reader/snapshot/snapshot_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a frame has been open, on its lane's clock. The lane's count of paused ticks may be
 * older than the frame. */
static uint64_t open_ticks(const struct snapshot *snapshot, const struct snapshot_lane *lane,
                           const struct segment_frame *frame) {
    const uint64_t ticks = snapshot_ticks_since(snapshot, frame->start);
    const uint64_t paused = lane->info.paused - frame->paused;
    if ((int64_t)paused < 0)
        return ticks;
    return ticks > paused ? ticks - paused : 0;
}

/* Adds an open call's time to its context and subtracts it from its caller's, as its exit would.
 * With timing=adaptive an open call stands for no others. */
static void add_open_calls(const struct snapshot *snapshot, const struct snapshot_lane *lane,
                           int64_t *self) {
    for (uint32_t i = 0; i < lane->frame_count; i++) {
        const struct segment_frame *frame = &lane->frames[i];
        const uint64_t ticks = open_ticks(snapshot, lane, frame);
        const uint32_t node = (uint32_t)frame->node;

        if (frame->start == 0)
            continue;
        self[node] = (int64_t)((uint64_t)self[node] + ticks);
        const uint32_t caller =
            i > 0 ? (uint32_t)lane->frames[i - 1].node : snapshot->nodes[node].parent;
        self[caller] = (int64_t)((uint64_t)self[caller] - ticks);
    }
}

/* The time of callees of calls that are only counted belongs to their callers, as at their exit;
 * from the innermost outwards. */
static void give_counted_time(const struct snapshot *snapshot, const struct snapshot_lane *lane,
                              int64_t *self) {
    if (snapshot->header.timing != SEGMENT_TIMING_EXACT)
        return;
    for (uint32_t i = lane->frame_count; i-- > 0;) {
        const uint32_t node = (uint32_t)lane->frames[i].node;
        const uint32_t caller =
            i > 0 ? (uint32_t)lane->frames[i - 1].node : snapshot->nodes[node].parent;
        if (lane->frames[i].start == 0 && caller != node) {
            self[caller] = (int64_t)((uint64_t)self[caller] + (uint64_t)self[node]);
            self[node] = 0;
        }
    }
}

/* --- off the CPU ------------------------------------------------------------------------------ */

/* CPU time of a live thread in nanoseconds; 0 when the kernel does not say. */
static uint64_t thread_cpu_ns(const struct snapshot *snapshot, uint32_t tid) {
    char path[64];
    unsigned long long ns = 0;
    FILE *file;
    snprintf(path, sizeof(path), "/proc/%u/task/%u/schedstat", snapshot->header.pid, tid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu", &ns) != 1)
        ns = 0;
    fclose(file);
    return ns;
}

/* What is known of a thread by all its lanes, in a context or in none. */
static uint64_t recorded_off_cpu(const struct snapshot *snapshot, const uint64_t *lane_sums,
                                 uint32_t tid) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        if (snapshot->lanes[i].info.tid == tid)
            sum += lane_sums[i] + snapshot->lanes[i].info.stray_ticks;
    }
    return sum;
}

/* In ticks: what a damaged segment claims stays far from where additions overflow. */
#define OFF_CPU_MAX (INT64_MAX / 2)

/* A thread notices at its next call that it was off the CPU. For one that has been waiting since
 * its last call the kernel is asked, and the time is given to the open call. */
static void add_waiting(const struct snapshot *snapshot, const uint64_t *lane_sums,
                        int64_t *off_cpu) {
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct snapshot_lane *lane = &snapshot->lanes[i];
        const uint64_t ticks = snapshot_ticks_since(snapshot, lane->info.start_ticks);
        const uint64_t wall = snapshot_ns(snapshot, (double)ticks);
        uint64_t cpu;

        if (lane->info.kind != SEGMENT_LANE_THREAD || lane->frame_count == 0 ||
            (cpu = thread_cpu_ns(snapshot, lane->info.tid)) < lane->info.start_cpu_ns ||
            cpu - lane->info.start_cpu_ns > wall)
            continue;
        const double on =
            (double)(cpu - lane->info.start_cpu_ns) * snapshot->ticks_per_second / 1e9;
        const double known = (double)recorded_off_cpu(snapshot, lane_sums, lane->info.tid);
        const double waiting = (double)ticks - on - known;
        int64_t *sum = &off_cpu[lane->frames[lane->frame_count - 1].node];
        const int64_t room = OFF_CPU_MAX - *sum;
        if (waiting > 0)
            *sum += waiting < (double)room ? (int64_t)waiting : room;
    }
}

static int init_off_cpu(struct build_times *times, const struct snapshot *snapshot,
                        const uint64_t *column) {
    uint64_t *lane_sums = calloc((size_t)snapshot->lane_count + 1, sizeof(*lane_sums));
    times->off_cpu = calloc((size_t)snapshot->node_count + 1, sizeof(*times->off_cpu));
    if (times->off_cpu == NULL || lane_sums == NULL) {
        free(lane_sums);
        return -1;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot->node_lane[i] == SNAPSHOT_NONE)
            continue;
        times->off_cpu[i] = column[i] < OFF_CPU_MAX ? (int64_t)column[i] : OFF_CPU_MAX;
        lane_sums[snapshot->node_lane[i]] += column[i];
    }
    if (snapshot->is_live)
        add_waiting(snapshot, lane_sums, times->off_cpu);
    free(lane_sums);
    return 0;
}

int build_times_measure(struct build_times *times, const struct snapshot *snapshot,
                        struct error *error) {
    const uint64_t *off_cpu = snapshot_column(snapshot, "off_cpu");
    memset(times, 0, sizeof(*times));
    times->self = calloc((size_t)snapshot->node_count + 1, sizeof(*times->self));
    if (times->self == NULL || (off_cpu != NULL && init_off_cpu(times, snapshot, off_cpu) != 0)) {
        build_times_free(times);
        return error_set(error, "out of memory");
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++)
        times->self[i] = (int64_t)snapshot->nodes[i].self;
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        add_open_calls(snapshot, &snapshot->lanes[i], times->self);
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        give_counted_time(snapshot, &snapshot->lanes[i], times->self);
    return 0;
}

void build_times_free(struct build_times *times) {
    free(times->self);
    free(times->off_cpu);
    memset(times, 0, sizeof(*times));
}
