/* SPDX-License-Identifier: MIT */
/*
 * A fork child records into a segment of its own, from the first hook that runs in it. The calls
 * that are open when a thread forks are open in the child as well.
 */
#include "fork.h"

#include <cinstr/segment.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children.h"
#include "lane_select.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/base/writing.h"
#include "runtime/sample/sampler.h"
#include "runtime/segment/identity.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/adaptive.h"
#include "runtime/tree/charge_nodes.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"
#include "threads.h"
#include "trace_drain.h"

/* A copy of the open calls of a thread that is about to fork, for the child: the parent goes on
 * changing its frames in the segment. Both processes free it. */
#define FORK_DEPTH 65536u
struct fork_path {
    size_t size;
    uint64_t depth;
    struct fork_call {
        uint64_t function, call_site, sp, slot;
    } calls[];
};
static __thread struct fork_path *fork_path __attribute__((tls_model("initial-exec")));

static void before_fork(void) {
    const struct lane *lane = cinstr1_self;
    if (process_state != PROCESS_UP || process_is_forked())
        return;
    children_prepare();
    if (!lane->ready)
        return;
    const struct segment_frame *base = shadow_base(lane);
    uint64_t depth = (uint64_t)(lane->top - base);
    if (depth > FORK_DEPTH)
        depth = FORK_DEPTH;
    const size_t size = sizeof *fork_path + depth * sizeof fork_path->calls[0];
    struct fork_path *path =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (path == MAP_FAILED)
        return;
    path->size = size;
    path->depth = depth;
    for (uint64_t i = 0; i < depth; i++) {
        const struct segment_node *node = (const struct segment_node *)base[i + 1].node;
        path->calls[i] = (struct fork_call){node->function, node->call_site, base[i + 1].sp,
                                            base[i + 1].shift & ~SEGMENT_SHIFT_MASK};
    }
    fork_path = path;
}

static void drop_fork_path(void) {
    if (fork_path != NULL)
        munmap(fork_path, fork_path->size);
    fork_path = NULL;
}

/* A child is not traced, and the server is the parent's. */
static void stop_in_child(void) {
    trace_stop_in_child();
    process_is_serving = false;
}

/* The kernel wipes the child's lanes and places. If it cannot, this does. */
static void in_fork_child(void) {
    if (process_state != PROCESS_UP)
        return;
    stop_in_child();
    if (process_wipe()) {
        for (uint64_t i = 0; i < segment_count(SEGMENT_SECTION_LANES); i++)
            memset(lane_at((uint32_t)i), 0, sizeof(struct lane));
        places_wipe();
    }
    if (process_unwinds) /* no hook will come */
        process_after_fork((uintptr_t)__builtin_frame_address(0));
}

void fork_init(void) {
    static bool done;

    if (!done)
        pthread_atfork(before_fork, drop_fork_path, in_fork_child);
    done = true;
}

static void carry_open_calls(struct lane *lane) {
    const uint64_t now = clock_ticks();
    struct segment_node *node = lane->root;

    for (uint64_t i = 0; fork_path != NULL && i < fork_path->depth; i++) {
        const struct fork_call *call = &fork_path->calls[i];
        node = tree_child(lane, node, call->function, call->call_site);
        if (node == NULL || !shadow_push(lane, node, call->sp, now))
            break;
        lane->top->shift = call->slot;
        lane->info->carried++;
    }
    drop_fork_path();
}

bool process_after_fork(uintptr_t sp) {
    const struct segment_probe_sums probes = segment.header->start_probes;
    const uint64_t frequency = segment.header->ticks_per_second_hint;
    struct lane *lane;

    children_inherit();
    cinstr1_self = lane_sentinel();
    process_is_own_now();
    places_after_fork();
    stop_in_child(); /* _Fork and clone run no handlers */
    if (!writing_is_allowed() || !segment_create(true, options.cpu && cpu_time_available())) {
        modules_switch(false);
        process_state = PROCESS_OFF;
        return false;
    }
    identity_fill(segment.header, frequency);
    segment.header->start_probes = probes;
    adaptive_begin();
    segment.header->forked = 1;
    segment_take_block();
    retire_init();
    sampler_init();
    charge_init();
    lane = lane_attach(sp);
    if (lane != NULL) {
        carry_open_calls(lane);
        lane_rest(lane);
    }
    identity_publish(segment.header);
    return true;
}
