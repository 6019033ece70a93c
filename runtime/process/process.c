/* SPDX-License-Identifier: MIT */
/*
 * The recorder's life in a process: its start and its end.
 */
#include "process.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exit_profile.h"
#include "http.h"
#include "run_writer.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/base/writing.h"
#include "runtime/entry/fork.h"
#include "runtime/entry/threads.h"
#include "runtime/entry/trace_drain.h"
#include "runtime/interpose/jumps.h"
#include "runtime/sample/sampler.h"
#include "runtime/segment/identity.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/predecessor.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/charge_nodes.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/places.h"
#include "runtime/tree/stacks.h"

/* --- start ------------------------------------------------------------------------------------ */

/* Defined in libcinstr_heap and libcinstr_block: not NULL if those are loaded. */
extern const char cinstr_heap_is_there __attribute__((weak, visibility("default")));
extern const char cinstr_block_is_there __attribute__((weak, visibility("default")));

/* Warns about options that need a library which is not loaded. */
static void miss_libraries(void) {
    if (options.heap != 0 && &cinstr_heap_is_there == NULL) {
        message("heap=: no allocation will be seen: link with -lcinstr_heap, or use "
                "`cinstr run --memprofile`");
        options.heap = 0;
    }
    if ((options.block != BLOCK_OFF || options.mutex) && &cinstr_block_is_there == NULL) {
        message("block=, mutex=: no wait will be seen: link with -lcinstr_block, or use "
                "`cinstr run --blockprofile`");
        options.block = BLOCK_OFF;
        options.mutex = false;
    }
}

/* timing=count reads no clock. */
static void settle_timing(void) {
    if (options.timing != SEGMENT_TIMING_COUNT)
        return;
    if (options.trace[0] != '\0' || options.trace_ring != 0) {
        message("timing=count: a trace needs times: every call is timed");
        options.timing = SEGMENT_TIMING_EXACT;
        return;
    }
    options.cpu = options.histogram = false;
}

static bool start(void) {
    const uint64_t frequency = clock_choose();

    message_begin();
    options_read(getenv("CINSTR_OPTIONS"));
    miss_libraries();
    settle_timing();
    if (!process_init()) {
        message("out of memory: nothing is recorded");
        return false;
    }
    if (!segment_create(false, options.cpu && cpu_time_available()))
        return false;
    identity_fill(segment.header, frequency);
    predecessor_take();
    segment_take_block(); /* node 0 means "none" */
    lane_pool_init(segment.header->sections[SEGMENT_SECTION_LANES].capacity);
    if (!places_init(segment.header->sections[SEGMENT_SECTION_NODES].capacity)) {
        message("no memory for the recorder: nothing is recorded");
        segment_unlink();
        return false;
    }
    stacks_init();
    retire_init(); /* lane 0 */
    sampler_init();
    charge_init();
    modules_refresh();
    writer_find();
    fork_init();
    trace_init();
    process_recording = options.start;
    identity_publish(segment.header);
    return true;
}

void process_start(void) {
    if (process_state != PROCESS_NEW)
        return;
    process_state = PROCESS_OFF; /* constructors may call us in the meantime */
    jumps_init();
    /* A set-user-ID program ignores its user's environment and leaves no files. */
    if (getauxval(AT_SECURE) == 0 && start())
        process_state = PROCESS_UP;
}

/* --- constructor and destructor --------------------------------------------------------------- */

__attribute__((constructor(101))) static void process_begins(int argc, char **argv) {
    writer_be(argc, argv);
    process_start();
    http_begin();
}

bool process_is_own(void) {
    return !sandbox_allows(SYS_getpid) || segment.header->pid == (uint32_t)syscall(SYS_getpid);
}

void process_end(void) {
    if (!writing_is_allowed()) {
        message("the program's sandbox (seccomp) lets nobody write a profile; it is kept: "
                "cinstr dump %s",
                segment.path);
        return;
    }
    sampler_stop();
    trace_finish();
    if (segment.header->forked == 0) /* a thread of the parent may hold the loader's lock */
        modules_refresh();
    identity_refresh(clock_pair());
    exit_profile_write();
}

/* After the destructors of everything that depends on us. Nothing is unmapped: hooks that still run
 * count in the segment. */
__attribute__((destructor(101))) static void process_ends(void) {
    if (process_state == PROCESS_UP && !process_is_forked() && process_is_own())
        process_end();
}
