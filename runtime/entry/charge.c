/* SPDX-License-Identifier: MIT */
/*
 * Finds the node that an allocation or a wait is charged to: a child of the counterpart of the
 * context that makes it. It cannot be a node of the thread, since memory may outlive the thread
 * that allocated it and be freed by another.
 */
#include "charge.h"

#include <cinstr/segment.h>

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lane_reset.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/sample/charge_stack.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/charge_nodes.h"
#include "runtime/tree/counterpart.h"

static bool is_recording(void) {
    static const short calls[] = {SYS_mmap, SYS_munmap, SYS_clock_gettime, SYS_getrusage, -1};
    return sandbox_allows_all(calls) && process_state == PROCESS_UP &&
           (process_recording || process_unwinds) && charge_is_ready() && !process_is_own_work() &&
           !process_is_forked();
}

static void follow_reset(void) {
    process_lock();
    if (lane_at(0)->epoch != process_reset_epoch)
        lane_follow_reset(lane_at(0));
    process_unlock();
}

/* In a program without hooks the function of every node is a return address, from which readers
 * subtract 1 before they look it up: so 1 is added here. */
uint32_t charge_node(uintptr_t function, uintptr_t call_site) {
    const uint64_t tag = modules_tag();
    uint32_t node;
    if (!is_recording())
        return 0;
    if (UNLIKELY(lane_at(0)->epoch != process_reset_epoch))
        follow_reset();
    node = process_unwinds ? charge_child(charge_stack(call_site), tag | (function + 1), 0)
                           : charge_child(counterpart_of_thread(), tag | function, call_site);
    if (tree_node(node)->kind == SEGMENT_NODE_CALL &&
        tree_node(node)->function != SEGMENT_FUNCTION_ROOT)
        tree_node(node)->kind = SEGMENT_NODE_CHARGE;
    return node;
}
