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
#include <time.h>
#include <unistd.h>

#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/trace_chunks.h"
#include "runtime/tree/trace_ring.h"

#define DRAINED_WORDS (UINT64_C(1) << 19) /* a ring that is drained: 4 MiB */

static pthread_t drainer;
static uint32_t must_stop;

static void *drain_on(void *argument) {
    const struct timespec often = {0, 20000000};

    process_set_own_work(true);
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

/* Beside the trace that is to be made of it, wherever the program goes meanwhile. */
static bool make_chunks(void) {
    char path[1024], directory[1024] = "";
    int fd;

    if (!options_expand(options.trace, segment.header->program, path, sizeof path))
        return false;
    if (path[0] != '/' && getcwd(directory, sizeof directory) == NULL)
        directory[0] = '.';
    if ((size_t)snprintf(segment.header->trace.path, sizeof segment.header->trace.path,
                         "%s%s%s.chunks", directory, path[0] == '/' ? "" : "/",
                         path) >= sizeof segment.header->trace.path) {
        segment.header->trace.path[0] = '\0';
        message("trace=: the name is too long");
        return false;
    }
    fd = open(segment.header->trace.path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
              0600);
    if (fd < 0) {
        message("trace=: cannot write %s: %s", segment.header->trace.path, strerrordesc_np(errno));
        segment.header->trace.path[0] = '\0';
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
            message("trace=: no thread to write it");
    }
}

void trace_stop_in_child(void) {
    trace_is_on = false;
    trace_chunks_in_child();
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
