/* SPDX-License-Identifier: MIT */
/*
 * Sampling a program without hooks: the stack is unwound in the handler, and its return addresses,
 * outermost first, are the contexts of the tree. Begun by the preloaded libcinstr_sample.so.0
 * (preload.c), thread by thread; hooks, should a library bring some later, then record nothing.
 */
#include <unistd.h>

#include "runtime/process/process.h"
#include "unwind.h"

#define DEPTH 1024u

/* Of this thread; bounds are known from its start, since they cannot be asked for in a handler. */
static __thread struct unwind_stack bounds __attribute__((tls_model("initial-exec")));
static __thread uint64_t *addresses __attribute__((tls_model("initial-exec")));

bool sampler_unwinds;

static void begin(void) {
    sampler_unwinds = true;
    process_recording = false;
    segment.header->sampling.stacks = 1;
    unwind_init();
}

void cinstr_sample_thread(uintptr_t low, uintptr_t high) {
    if (process_state != PROCESS_UP || process_is_forked() || options.sample == 0 ||
        cinstr1_self->ready)
        return;
    if (!sampler_unwinds)
        begin();
    bounds = (struct unwind_stack){low, high};
    lane_attach((uintptr_t)__builtin_frame_address(0));
}

void cinstr_sample_end(void) {
    /* Not of a vfork child, who shares all this. */
    if (sampler_unwinds && !samples_are_there() && segment.header->pid == (uint32_t)getpid())
        segment_unlink();
}

void sampler_stack_attach(void) {
    addresses = sampler_unwinds ? segment_take_heap(DEPTH * sizeof *addresses) : NULL;
}

void sampler_stack_detach(void) {
    if (addresses == NULL)
        return;
    process_lock();
    segment_give_heap(addresses, DEPTH * sizeof *addresses);
    process_unlock();
    addresses = NULL;
}

/* How many addresses; innermost first, without the interrupted one. */
static uint32_t unwind(const ucontext_t *context) {
    enum unwind_result result = UNWIND_STEP;
    struct unwind_stack stack = bounds;
    struct unwind_frame frame;
    uint32_t count = 0;

    unwind_begin(&frame, context);
    stack.low = frame.registers[UNWIND_SP];
    if (stack.low < bounds.low || stack.low >= bounds.high)
        result = UNWIND_LOST; /* on another stack */
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
