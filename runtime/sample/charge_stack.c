/* SPDX-License-Identifier: MIT */
/*
 * The context of a call in a program without hooks: its return addresses, unwound from the call
 * itself. It does not run in a handler, and so has fewer limits than sampler_stack.c: any thread
 * may call it at any time.
 */
#include "charge_stack.h"

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/state.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/charge_nodes.h"
#include "runtime/tree/stacks.h"
#include "unwind.h"

#define DEPTH 256u /* callers that are farther away are left out */

static __thread uintptr_t stack_end __attribute__((tls_model("initial-exec")));

void charge_stacks(void) {
    if (process_state != PROCESS_UP)
        return;
    process_unwinds = true;
    process_recording = false;
    segment.header->sampling.stacks = 1;
    unwind_init();
}

static bool find_bounds(uintptr_t sp, struct unwind_stack *stack) {
    uintptr_t low, high;
    if (stack_end == 0 && stack_of_thread(sp, &low, &high))
        stack_end = high;
    *stack = (struct unwind_stack){sp, stack_end};
    return sp < stack_end;
}

/* Fills in return addresses, innermost first, beginning with `call_site`. Returns how many; 0:
 * it was not found. */
static uint32_t unwind(uintptr_t call_site, uint64_t addresses[DEPTH]) {
    struct unwind_stack stack;
    struct unwind_frame frame;
    ucontext_t context;
    uint32_t count = 0;
    getcontext(&context);
    unwind_begin(&frame, &context);
    if (!find_bounds(frame.registers[UNWIND_SP], &stack))
        return 0;
    while (count < DEPTH && unwind_step(&frame, &stack) == UNWIND_STEP) {
        if (count != 0 || frame.pc == call_site)
            addresses[count++] = frame.pc;
    }
    return count;
}

uint32_t charge_stack(uintptr_t call_site) {
    uint64_t addresses[DEPTH];
    uint32_t node = tree_index(lane_at(0)->root);
    uint32_t count = unwind(call_site, addresses);
    if (count == 0) { /* on a stack that the program made, for instance */
        addresses[0] = call_site;
        count = 1;
    }
    while (count > 0)
        node = charge_child(node, modules_tag() | addresses[--count], 0);
    return node;
}
