/* SPDX-License-Identifier: MIT */
/*
 * The trace of a process: what each of its lanes did, in order, from what was drained and what is
 * still in the segment. Called by write_perfetto.c and write_chrome.c, and the commands that call
 * those.
 */
#ifndef CINSTR_READER_TRACE_H
#define CINSTR_READER_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/build/build_locations.h"
#include "reader/snapshot/snapshot.h"

struct trace_lane {
    uint32_t lane, generation; /* which slot, the how manieth time it was used */
    uint32_t tid, kind;        /* enum segment_lane_kind */
    char thread_name[17];
    uint64_t *words;
    uint64_t count;
    bool is_cut; /* older events were there, and are not any more */
};

struct trace {
    const struct snapshot *snapshot;
    struct trace_lane *lanes;
    uint32_t lane_count;
    uint64_t lost;           /* events */
    uint64_t since_ns;       /* nothing before is told, but what is open then; 0 from the start */
    struct profile *profile; /* holds the names */
    struct build_locations *locations;
};

/* NULL with `error` filled: also when none was recorded. The snapshot must outlive it. */
struct trace *trace_new(const struct snapshot *snapshot, struct error *error);
void trace_free(struct trace *trace);

/* What happened. Times are nanoseconds since the recorder started, never going back in a lane. */
enum trace_kind {
    TRACE_BEGIN, /* of a call: its function; or of one that was open when the events begin */
    TRACE_END,   /* of the call begun last and not yet ended */
    TRACE_MARK,
    TRACE_VALUE,
    TRACE_OFF_CPU, /* value: nanoseconds that it did not run before this */
    TRACE_GAP,     /* value: events that are missing here; no call is open then */
};

struct trace_event {
    enum trace_kind kind;
    uint64_t ns;
    uint64_t function; /* a function word */
    const char *name;  /* of marks and values */
    int64_t value;
};

/* Gives each event of a lane to `take`, until that returns nonzero, which is then returned; -1
 * also when out of memory. */
int trace_events(const struct trace *trace, const struct trace_lane *lane,
                 int (*take)(void *context, const struct trace_event *event), void *context);

/* A function's name and place, as profiles have them; NULL: out of memory. */
const struct profile_function *trace_function(const struct trace *trace, uint64_t function);

/* --- the formats (write_perfetto.c, write_chrome.c) ------------------------------------------- */

/* Written to a descriptor, which stays open. -1 with `error` filled. */
int trace_write_perfetto(const struct trace *trace, int fd, struct error *error);
int trace_write_chrome(const struct trace *trace, int fd, struct error *error);

#endif
