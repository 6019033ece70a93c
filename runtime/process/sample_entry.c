/* SPDX-License-Identifier: MIT */
/* Called by the preloaded libcinstr_sample.so.0, in a program without hooks. */
#include "sample_entry.h"

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/entry/threads.h"
#include "runtime/sample/sampler_stack.h"
#include "runtime/sample/unwind.h"
#include "runtime/segment/samples.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"

static void begin(void) {
    process_unwinds = true;
    process_recording = false;
    segment.header->sampling.stacks = 1;
    unwind_init();
}

void cinstr_sample_thread(uintptr_t low, uintptr_t high) {
    if (process_state != PROCESS_UP || process_is_forked() || options.sample == 0 ||
        cinstr1_self->ready)
        return;
    if (!process_unwinds)
        begin();
    sampler_stack_bounds(low, high);
    lane_attach((uintptr_t)__builtin_frame_address(0));
}

void cinstr_sample_end(void) {
    /* A vfork child shares the segment and must not remove it. */
    if (process_unwinds && !samples_are_there() && segment.header->pid == (uint32_t)getpid())
        segment_unlink();
}
