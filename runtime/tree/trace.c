/* SPDX-License-Identifier: MIT */
/*
 * trace=, trace_ring=: every entry and exit with its time, as words in a ring of the lane's own
 * (include/cinstr/segment.h). A word is stored, then counted: readers see whole ones.
 *
 * With trace=FILE a thread of the recorder's own drains the rings into a file of chunks, which the
 * reader turns into the trace at exit. It never makes the program wait: a ring that is full loses
 * events, and says how many at the next that has room. With trace_ring= the newest words are kept
 * and nothing is drained. A fork child is not traced.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/spin.h"
#include "runtime/process/process.h"

#define DRAINED_WORDS (UINT64_C(1) << 19) /* a ring that is drained: 4 MiB */
#define TIME_EVERY    1024u               /* words: so often all of the time is said */
#define TIME_MASK     ((UINT64_C(1) << SEGMENT_TRACE_TIME_BITS) - 1)
#define PAYLOAD_MASK  ((UINT64_C(1) << 58) - 1)
#define MOST_WORDS    4u /* of one event with what it needs before it */

bool trace_is_on;

static uint64_t ring_words;
static bool is_drained;
static pthread_t drainer;
static uint32_t must_stop, wake;
static uint32_t drain_lock; /* whoever reads rings; never held in a hook */

/* --- words --------------------------------------------------------------------------------------
 */

static uint64_t other(enum segment_trace_other what, uint64_t payload) {
    return (uint64_t)SEGMENT_TRACE_OTHER << 62 | (uint64_t)what << 58 | (payload & PAYLOAD_MASK);
}

static uint64_t timed(uint64_t field, uint64_t ticks) {
    return field << SEGMENT_TRACE_TIME_BITS | (ticks & TIME_MASK);
}

static void wake_drainer(void) {
    if (__atomic_exchange_n(&wake, 1, __ATOMIC_RELAXED) == 0)
        syscall(SYS_futex, &wake, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* False: the ring is full. */
static bool has_room(const struct segment_lane *info) {
    uint64_t used;

    if (!is_drained)
        return true;
    used = info->trace_written - __atomic_load_n(&info->trace_read, __ATOMIC_ACQUIRE);
    if (used > info->trace_capacity / 2)
        wake_drainer();
    return used + MOST_WORDS <= info->trace_capacity;
}

static uint64_t put(const struct lane *lane, uint64_t at, uint64_t word) {
    lane->trace[at & (lane->info->trace_capacity - 1)] = word;
    return at + 1;
}

/* Adds an event, of one or two words. */
static void emit(struct lane *lane, uint64_t ticks, const uint64_t *words, unsigned count) {
    struct segment_lane *info = lane->info;
    uint64_t at = info->trace_written;

    if (!has_room(info)) {
        lane->trace_gap++;
        info->trace_lost++;
        return;
    }
    if (lane->trace_gap != 0)
        at = put(lane, at, other(SEGMENT_TRACE_LOST, lane->trace_gap));
    if (lane->trace_gap != 0 || ticks - lane->trace_time >= TIME_MASK / 2 ||
        at % TIME_EVERY <= MOST_WORDS)
        at = put(lane, at, other(SEGMENT_TRACE_TIME, ticks));
    lane->trace_gap = 0;
    lane->trace_time = ticks;
    for (unsigned i = 0; i < count; i++)
        at = put(lane, at, words[i]);
    __atomic_store_n(&info->trace_written, at, __ATOMIC_RELEASE);
}

static void emit_call(struct lane *lane, enum segment_trace_kind kind, struct segment_node *node,
                      uint64_t ticks) {
    const uint64_t counterpart = charge_counterpart(node);
    const uint64_t word = timed((uint64_t)kind << 27 | counterpart, ticks);

    if (counterpart != 0) {
        emit(lane, ticks, &word, 1);
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
    const uint64_t word = other(SEGMENT_TRACE_OFF_CPU, ticks);

    emit(lane, lane->trace_time, &word, 1);
}

/* --- what else happens --------------------------------------------------------------------------
 */

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
    words[0] = other(value == NULL ? SEGMENT_TRACE_MARK : SEGMENT_TRACE_VALUE, timed(label, ticks));
    words[1] = value == NULL ? 0 : other(SEGMENT_TRACE_NUMBER, (uint64_t)*value);
    emit(lane, ticks, words, value == NULL ? 1 : 2);
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
    if (start < lane->trace_time) /* a handler's events came in between */
        start = lane->trace_time;
    word = timed((uint64_t)SEGMENT_TRACE_ENTER << 27 | node, start);
    emit(lane, start, &word, 1);
    word = timed((uint64_t)SEGMENT_TRACE_EXIT << 27 | node, ticks);
    emit(lane, ticks, &word, 1);
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

/* --- draining -----------------------------------------------------------------------------------
 */

static bool write_all(int fd, const void *data, size_t size) {
    const char *at = data;

    while (size > 0) {
        const long written = syscall(SYS_write, fd, at, size);
        if (written <= 0 && errno != EINTR)
            return false;
        if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
    return true;
}

/* The words up to the ring's end, or all. */
static bool drain_part(int fd, const struct lane *lane, uint64_t written) {
    struct segment_lane *info = lane->info;
    const uint64_t from = info->trace_read % info->trace_capacity;
    const uint64_t to_end = info->trace_capacity - from;
    const uint64_t count =
        written - info->trace_read < to_end ? written - info->trace_read : to_end;
    struct segment_trace_chunk chunk = {
        SEGMENT_TRACE_MAGIC, (uint32_t)count, lane->index, info->generation,
        info->tid,           info->kind,      ""};

    memcpy(chunk.thread_name, info->thread_name, sizeof chunk.thread_name);
    if (!write_all(fd, &chunk, sizeof chunk) ||
        !write_all(fd, lane->trace + from, count * sizeof *lane->trace))
        return false;
    __atomic_store_n(&info->trace_read, info->trace_read + count, __ATOMIC_RELEASE);
    return true;
}

/* What cannot be written stays, and what then has no room is lost, and counted. */
static void drain_lane(int fd, const struct lane *lane) {
    const uint64_t written = __atomic_load_n(&lane->info->trace_written, __ATOMIC_ACQUIRE);

    while (lane->info->trace_read < written && drain_part(fd, lane, written)) {
    }
}

/* Opened each time: a program may close descriptors that it does not know. */
static int open_chunks(void) {
    return (int)syscall(SYS_openat, AT_FDCWD, segment.header->trace.path,
                        O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0);
}

static void drain_all(void) {
    const uint64_t count = segment.header->sections[SEGMENT_SECTION_LANES].count;
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

static void *drain_on(void *argument) {
    const struct timespec often = {0, 20000000};

    charge_own_work(true);
    while (__atomic_load_n(&must_stop, __ATOMIC_ACQUIRE) == 0) {
        syscall(SYS_futex, &wake, FUTEX_WAIT_PRIVATE, 0, &often, NULL, 0);
        __atomic_store_n(&wake, 0, __ATOMIC_RELAXED);
        drain_all();
    }
    return argument;
}

static bool start_drainer(void) {
    sigset_t all, old;
    bool has_begun;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    has_begun = pthread_create(&drainer, NULL, drain_on, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (has_begun)
        pthread_setname_np(drainer, "cinstr-trace");
    return has_begun;
}

/* Beside the trace that is to be made of it, wherever the program goes meanwhile; where that is no
 * file, beside the segment. By a name of its own, which nobody can have prepared. */
static bool name_chunks(char *path, size_t size) {
    char name[1024], directory[1024] = "";
    struct stat status;
    uint64_t number = clock_ticks() * UINT64_C(0x9e3779b97f4a7c15);

    if (!options_expand(options.trace, 0, name, sizeof name))
        return false;
    if (syscall(SYS_getrandom, &number, sizeof number, 1 /* GRND_NONBLOCK */) < 0)
        number ^= (uint64_t)getpid();
    if (stat(name, &status) == 0 && !S_ISREG(status.st_mode))
        snprintf(name, sizeof name, "%s", segment.path[0] != '\0' ? segment.path : "/tmp/cinstr");
    else if (name[0] != '/' && getcwd(directory, sizeof directory) == NULL)
        directory[0] = '.';
    if ((size_t)snprintf(path, size, "%s%s%s.%016llx.chunks", directory, name[0] == '/' ? "" : "/",
                         name, (unsigned long long)number) < size)
        return true;
    path[0] = '\0';
    message("trace=: the name is too long");
    return false;
}

static bool make_chunks(void) {
    char *path = segment.header->trace.path;
    int fd;

    if (!name_chunks(path, sizeof segment.header->trace.path))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        message("trace=: cannot write %s: %s", path, strerrordesc_np(errno));
        path[0] = '\0';
        return false;
    }
    close(fd);
    return true;
}

/* --- its life -----------------------------------------------------------------------------------
 */

void trace_init(void) {
    if (options.trace_ring != 0) {
        ring_words = UINT64_C(1) << 17;
        while (ring_words < options.trace_ring << 17)
            ring_words *= 2;
        segment.header->trace.ring_words = ring_words;
        trace_is_on = true;
    } else if (options.trace[0] != '\0' && make_chunks()) {
        ring_words = DRAINED_WORDS;
        is_drained = start_drainer();
        trace_is_on = is_drained;
        if (!is_drained)
            message("trace=: no thread to write it");
    }
}

void trace_stop_in_child(void) {
    trace_is_on = false;
    drain_lock = 0;
}

void trace_finish(void) {
    if (!trace_is_on || !is_drained)
        return;
    trace_is_on = false;
    __atomic_store_n(&must_stop, 1, __ATOMIC_RELEASE);
    wake_drainer();
    pthread_join(drainer, NULL);
    drain_all();
}

void trace_attach(struct lane *lane) {
    struct segment_lane *info = lane->info;

    if (!trace_is_on || info->kind == SEGMENT_LANE_ENDED)
        return;
    lane->trace = segment_take_heap(ring_words * sizeof *lane->trace);
    if (lane->trace == NULL)
        return;
    info->trace_capacity = ring_words;
    __atomic_store_n(&info->trace, (uint64_t)((char *)lane->trace - segment.base),
                     __ATOMIC_RELEASE);
}

/* Under the process lock. */
void trace_detach(struct lane *lane) {
    struct segment_lane *info = lane->info;
    int fd;

    if (lane->trace == NULL)
        return;
    spin_lock(&drain_lock);
    if (is_drained && (fd = open_chunks()) >= 0) {
        drain_lane(fd, lane);
        close(fd);
    }
    __atomic_add_fetch(&segment.header->trace.lost, info->trace_lost, __ATOMIC_RELAXED);
    info->trace = info->trace_written = info->trace_read = info->trace_lost = 0;
    segment_give_heap(lane->trace, info->trace_capacity * sizeof *lane->trace);
    lane->trace = NULL;
    spin_unlock(&drain_lock);
}
