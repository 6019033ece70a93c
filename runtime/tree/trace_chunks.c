/* SPDX-License-Identifier: MIT */
/*
 * The file of chunks that rings are drained into: each chunk is a piece of one lane's ring.
 */
#include "trace_chunks.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/spin.h"
#include "runtime/base/write_all.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "trace_ring.h"

static uint32_t drain_lock; /* held by whoever reads rings; never held in a hook */

/* Writes the words that are not read yet, as far as the ring's end. */
static bool drain_part(int fd, const struct lane *lane, uint64_t written) {
    struct segment_lane *info = lane->info;
    const uint64_t from = info->trace_read % info->trace_capacity;
    const uint64_t to_end = info->trace_capacity - from;
    const uint64_t count =
        written - info->trace_read < to_end ? written - info->trace_read : to_end;
    struct segment_trace_chunk chunk = {
        SEGMENT_TRACE_MAGIC, (uint32_t)count, lane->index, info->generation,
        info->tid,           info->kind,      ""};
    memcpy(chunk.thread_name, info->thread_name, sizeof(chunk.thread_name));
    if (!write_all(fd, &chunk, sizeof(chunk)) ||
        !write_all(fd, lane->trace + from, count * sizeof(*lane->trace)))
        return false;
    __atomic_store_n(&info->trace_read, info->trace_read + count, __ATOMIC_RELEASE);
    return true;
}

/* Words that cannot be written stay in the ring; events that then find no room are lost and
 * counted. */
static void drain_lane(int fd, const struct lane *lane) {
    const uint64_t written = __atomic_load_n(&lane->info->trace_written, __ATOMIC_ACQUIRE);
    while (lane->info->trace_read < written && drain_part(fd, lane, written)) {
    }
}

/* Opened each time, since a program may close descriptors that it does not know. */
static int open_chunks(void) {
    return (int)syscall(SYS_openat, AT_FDCWD, segment.header->trace.path,
                        O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0);
}

void trace_drain_all(void) {
    const uint64_t count = segment_count(SEGMENT_SECTION_LANES);
    int fd;
    spin_lock(&drain_lock);
    fd = open_chunks();
    for (uint64_t i = 1; fd >= 0 && i < count; i++) {
        const struct lane *lane = lane_at((uint32_t)i);
        if (__atomic_load_n(&lane->ready, __ATOMIC_ACQUIRE) != 0 && lane->trace != NULL)
            drain_lane(fd, lane);
    }
    if (fd >= 0)
        close(fd);
    spin_unlock(&drain_lock);
}

void trace_detach(struct lane *lane) {
    struct segment_lane *info = lane->info;
    int fd;
    if (lane->trace == NULL)
        return;
    spin_lock(&drain_lock);
    if (trace_is_drained && (fd = open_chunks()) >= 0) {
        drain_lane(fd, lane);
        close(fd);
    }
    __atomic_add_fetch(&segment.header->trace.lost, info->trace_lost, __ATOMIC_RELAXED);
    info->trace = info->trace_written = info->trace_read = info->trace_lost = 0;
    segment_give_heap(lane->trace, info->trace_capacity * sizeof(*lane->trace));
    lane->trace = NULL;
    spin_unlock(&drain_lock);
}

void trace_chunks_in_child(void) {
    drain_lock = 0;
}
