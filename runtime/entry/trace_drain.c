/* SPDX-License-Identifier: MIT */
/*
 * trace=FILE: a thread of the recorder's own drains the rings into a file of chunks, which the
 * reader turns into the trace at exit. With trace_ring= the rings keep the newest words, and
 * nothing is drained. A fork child is not traced.
 */
#include "trace_drain.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/trace_chunks.h"
#include "runtime/tree/trace_ring.h"

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1u << 1)
#endif

#define DRAINED_WORDS (UINT64_C(1) << 19) /* a ring that is drained: 4 MiB */

static pthread_t drainer;
static uint32_t must_stop;

static void *drain_on(void *argument) {
    const struct timespec often = {0, 20000000};
    process_set_own_work(true);
    /* Gives the thread an empty descriptor table of its own: the program cannot close its files. */
    syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_UNSHARE);
    while (__atomic_load_n(&must_stop, __ATOMIC_ACQUIRE) == 0) {
        trace_await(&often);
        trace_drain_all();
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

/* The chunks lie beside the trace that is made of them, or beside the segment if the trace is not a
 * regular file. The path is absolute, since the program may change its directory, and has a random
 * part, so that nobody can have prepared the file. */
static bool name_chunks(char *path, size_t size) {
    char name[1024], directory[1024] = "";
    struct stat status;
    uint64_t number = clock_ticks() * UINT64_C(0x9e3779b97f4a7c15);
    if (!options_expand(options.trace, segment.header->program, name, sizeof(name)))
        return false;
    if (syscall(SYS_getrandom, &number, sizeof(number), 1 /* GRND_NONBLOCK */) < 0)
        number ^= (uint64_t)getpid();
    if (stat(name, &status) == 0 && !S_ISREG(status.st_mode))
        snprintf(name, sizeof(name), "%s", segment.path[0] != '\0' ? segment.path : "/tmp/cinstr");
    else if (name[0] != '/' && getcwd(directory, sizeof(directory)) == NULL)
        directory[0] = '.';
    if ((size_t)snprintf(path, size, "%s%s%s.%016llx.chunks", directory, name[0] == '/' ? "" : "/",
                         name, (unsigned long long)number) < size)
        return true;
    path[0] = '\0';
    message("trace=: the file name is too long");
    return false;
}

static bool make_chunks(void) {
    char *path = segment.header->trace.path;
    int fd;
    if (!name_chunks(path, sizeof(segment.header->trace.path)))
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

void trace_init(void) {
    if (options.trace_ring != 0) {
        trace_ring_words = UINT64_C(1) << 17;
        while (trace_ring_words < options.trace_ring << 17)
            trace_ring_words *= 2;
        segment.header->trace.ring_words = trace_ring_words;
        trace_is_on = true;
    } else if (options.trace[0] != '\0' && make_chunks()) {
        trace_ring_words = DRAINED_WORDS;
        trace_is_drained = start_drainer();
        trace_is_on = trace_is_drained;
        if (!trace_is_drained)
            message("trace=: cannot start the thread that writes the trace");
    }
}

void trace_stop_in_child(void) {
    trace_is_on = false;
    trace_chunks_in_child();
}

bool trace_may_go_on(void) {
    static const short calls[] = {SYS_futex, SYS_openat, SYS_write, SYS_close, -1};
    return sandbox_allows_all(calls);
}

void trace_finish(void) {
    if (!trace_is_on || !trace_is_drained)
        return;
    trace_is_on = false;
    __atomic_store_n(&must_stop, 1, __ATOMIC_RELEASE);
    trace_wake();
    pthread_join(drainer, NULL);
    trace_drain_all();
}
