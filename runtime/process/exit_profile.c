/* SPDX-License-Identifier: MIT */
/*
 * Which profiles a process leaves when it ends, and where they go. Another process writes them
 * (run_writer.h).
 */
#include "exit_profile.h"

#include <cinstr/segment.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "run_writer.h"
#include "runtime/base/clock.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/signals.h"
#include "runtime/base/state.h"
#include "runtime/segment/identity.h"
#include "runtime/segment/samples.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/charge_nodes.h"

bool exit_profile_write_to(const char *kind, int fd) {
    char number[12];
    snprintf(number, sizeof(number), "%d", fd);
    identity_refresh(clock_pair());
    const signals_mask mask = signals_block();
    const bool is_written =
        writer_run(&(struct writer_request){kind, WRITER_DESCRIPTOR, number}, 1, mask);
    signals_restore(mask);
    return is_written;
}

static bool has_output(void) {
    return strcmp(options.output, "none") != 0;
}

/* A kind that may have a file of its own. */
static void add_beside(struct writer_request *requests, size_t *count, const char *kind,
                       const char *file) {
    if (file[0] != '\0')
        requests[(*count)++] = (struct writer_request){kind, WRITER_FILE, file};
    else if (has_output())
        requests[(*count)++] = (struct writer_request){kind, WRITER_BESIDE, options.output};
}

static void add_recorded(struct writer_request *requests, size_t *count) {
    if (has_output() && !process_unwinds)
        requests[(*count)++] = (struct writer_request){"exact", WRITER_OUTPUT, options.output};
    if (options.sample != 0)
        add_beside(requests, count, options.sample_clock == SAMPLE_CLOCK_WALL ? "wall" : "cpu",
                   options.cpuprofile);
    if (options.heap != 0)
        add_beside(requests, count, "heap", options.memprofile);
    if (options.block != BLOCK_OFF)
        add_beside(requests, count, "block", options.blockprofile);
    if (options.mutex)
        add_beside(requests, count, "mutex", options.mutexprofile);
}

static bool is_json(const char *name) {
    const size_t length = strlen(name);
    return length >= 5 && strcmp(name + length - 5, ".json") == 0;
}

static void add_trace(struct writer_request *requests, size_t *count) {
    if (options.trace[0] != '\0' && segment.header->trace.path[0] != '\0')
        requests[(*count)++] = (struct writer_request){
            is_json(options.trace) ? "trace-json" : "trace", WRITER_FILE, options.trace};
}

static bool anything_recorded(void) {
    if (process_unwinds)
        return samples_are_there() || charge_is_any();
    return segment_count(SEGMENT_SECTION_LANES) > 1 || segment.header->losses.lane_calls != 0 ||
           segment.header->losses.before_init_calls != 0 || charge_is_any();
}

/* The profile's notes say this as well; here for those who do not read them. */
static void warn_of_losses(void) {
    const struct segment_losses *losses = &segment.header->losses;
    const uint64_t calls = losses->lost_calls + losses->lane_calls;
    if (calls != 0 || losses->lanes != 0)
        message("out of memory while recording: %llu calls were only counted, and %llu threads or "
                "stacks were not recorded",
                (unsigned long long)calls, (unsigned long long)losses->lanes);
}

/* When a handler ends the process again meanwhile, the segment is already gone, or kept. */
void exit_profile_write(void) {
    const signals_mask mask = signals_block();
    struct writer_request requests[WRITER_MOST_REQUESTS];
    size_t count = 0;
    warn_of_losses();
    if (anything_recorded())
        add_recorded(requests, &count);
    add_trace(requests, &count);
    const bool is_written = count == 0 || writer_run(requests, count, mask);
    segment.header->state = SEGMENT_EXITED;
    if (is_written)
        segment_unlink();
    else if (segment.path[0] != '\0')
        message("the profile is kept: cinstr dump %s", segment.path);
    signals_restore(mask);
}
