/* SPDX-License-Identifier: MIT */
/*
 * What the recorder offers to the libraries that interpose functions of libc (charge_recorder.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process.h"
#include "runtime/base/charge_recorder.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/entry/charge.h"
#include "runtime/sample/charge_stack.h"
#include "runtime/segment/segment_parts.h"
#include "trace_mark.h"

static uint64_t *charge_column(const char *name) {
    process_start(); /* the caller's constructor may run before ours */
    return process_state == PROCESS_UP ? segment_column(name) : NULL;
}

static uint64_t heap_period(void) {
    return options.heap;
}

static bool wants_io(void) {
    return options.block == BLOCK_IO;
}

static void heap_lost(void) {
    __atomic_add_fetch(&segment.header->heap.lost, 1, __ATOMIC_RELAXED);
}

const struct charge_recorder cinstr_charge_recorder = {
    .node = charge_node,
    .column = charge_column,
    .find_by_stacks = charge_stacks,
    .heap_period = heap_period,
    .wants_io = wants_io,
    .heap_lost = heap_lost,
    .ticks = trace_ticks,
    .trace_wait = trace_wait,
    .trace_heap = trace_heap,
};
