/* SPDX-License-Identifier: MIT */
/*
 * Sampling a program without hooks: the handler unwinds the stack, and the return addresses,
 * outermost first, are the contexts of the tree. The preloaded libcinstr_sample.so.0 (preload.c)
 * starts it for each thread; hooks in a library that is loaded later then record nothing.
 */
#include "sampler_stack.h"

#include <cinstr/segment.h>

#include <stdint.h>
#include <unistd.h>

#include "runtime/base/lane.h"
#include "runtime/base/state.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/context_tree.h"
#include "unwind.h"

#define DEPTH 1024u

/* This thread's stack. Its bounds are determined at its start, since a handler cannot ask for
 * them. */
static __thread struct unwind_stack bounds __attribute__((tls_model("initial-exec")));
static __thread uint64_t *addresses __attribute__((tls_model("initial-exec")));

void sampler_stack_bounds(uintptr_t low, uintptr_t high) {
    bounds = (struct unwind_stack){low, high};
}

void sampler_stack_attach(void) {
    addresses = process_unwinds ? segment_take_heap(DEPTH * sizeof(*addresses)) : NULL;
}

void sampler_stack_detach(void) {
    if (addresses == NULL)
        return;
    process_lock();
    segment_give_heap(addresses, DEPTH * sizeof(*addresses));
    process_unlock();
    addresses = NULL;
}

/* Fills in addresses, innermost first, without the interrupted one. Returns how many. */
static uint32_t unwind(const ucontext_t *context) {
    enum unwind_result result = UNWIND_STEP;
    struct unwind_stack stack = bounds;
    struct unwind_frame frame;
    uint32_t count = 0;
    unwind_begin(&frame, context);
    stack.low = frame.registers[UNWIND_SP];
    if (stack.low < bounds.low || stack.low >= bounds.high)
        result = UNWIND_LOST; /* it runs on another stack */
    while (result == UNWIND_STEP && count < DEPTH) {
        result = unwind_step(&frame, &stack);
        if (result == UNWIND_STEP)
            addresses[count++] = frame.pc;
    }
    if (result != UNWIND_END)
        __atomic_add_fetch(&segment.header->sampling.broken, 1, __ATOMIC_RELAXED);
    return count;
}

const struct segment_node *sampler_stack_node(struct lane *lane, const ucontext_t *context) {
    const uint64_t tag = modules_tag();
    struct segment_node *node = lane->root;
    uint32_t count;
    if (addresses == NULL || !lane->ready)
        return NULL;
    count = unwind(context);
    while (node != NULL && count > 0)
        node = tree_child(lane, node, tag | addresses[--count], 0);
    return node;
}
