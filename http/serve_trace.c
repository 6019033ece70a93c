/* SPDX-License-Identifier: MIT */
/*
 * The trace ring's part from when the request came to the answer. The process records it whether or
 * not anyone asks; this starts and stops nothing.
 */
#include <stdlib.h>
#include <time.h>

#include "reader/trace/trace.h"
#include "serve_call.h"
#include "serve_slots.h"

#define LONGEST_SECONDS 3600.0

static int write_trace(const void *trace, int fd, struct error *error) {
    return trace_write_perfetto(trace, fd, error);
}

/* Go's default for a missing number. */
static double asked_seconds(const struct serve_call *call) {
    char *end;
    const double seconds = strtod(serve_argument(call, "seconds"), &end);
    return *end == '\0' && seconds > 0 ? seconds : 1;
}

static uint64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The ring may have more than happened since the request came. */
static void leave_out_before(struct trace *trace, uint64_t came_ns) {
    const struct snapshot *snapshot = trace->snapshot;
    const uint64_t now =
        snapshot_ns(snapshot, (double)snapshot_ticks_since(snapshot, snapshot->header.start.ticks));
    const uint64_t length = monotonic_ns() - came_ns;
    trace->since_ns = now > length ? now - length : 0;
}

static serve_result answer(const struct serve_call *call, double seconds) {
    static const char words[] = "Could not enable tracing: ";
    struct error error = {""};
    const uint64_t came_ns = monotonic_ns();
    if (!serve_wait(call->request, seconds))
        return MHD_NO;
    struct snapshot *snapshot = serve_snapshot(call, &error);
    struct trace *trace = snapshot == NULL ? NULL : trace_new(snapshot, &error);
    if (trace != NULL)
        leave_out_before(trace, came_ns);
    const serve_result result =
        trace == NULL ? serve_failed(call, words, &error)
                      : serve_written(call, write_trace, trace, call->endpoint->name, words);
    trace_free(trace);
    snapshot_free(snapshot);
    return result;
}

serve_result serve_answer_trace(const struct serve_call *call) {
    const double seconds = asked_seconds(call);
    if (!(seconds <= LONGEST_SECONDS))
        return serve_reply_error(call->request, MHD_HTTP_BAD_REQUEST,
                                 "profile duration exceeds server's WriteTimeout");
    if (!serve_slots_take_wait())
        return serve_reply_error(call->request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                 "too many requests wait already: ask again later");
    const serve_result result = answer(call, seconds);
    serve_slots_give_wait();
    return result;
}
