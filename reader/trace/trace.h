/* SPDX-License-Identifier: MIT */
/*
 * The trace of a process: what each of its lanes did, in order, from the file of drained words and
 * from the segment. Called by write_perfetto.c and write_chrome.c, and by the commands that call
 * these.
 */
#ifndef CINSTR_READER_TRACE_H
#define CINSTR_READER_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/build/build_locations.h"
#include "reader/snapshot/snapshot.h"

struct trace_lane {
    uint32_t lane, generation; /* the lane's slot, and how often the slot was used before */
    uint32_t tid, kind;        /* enum segment_lane_kind */
    char thread_name[17];
    uint64_t *words;
    uint64_t count;
    bool is_cut; /* older events are lost */
};

struct trace {
    const struct snapshot *snapshot;
    struct trace_lane *lanes;
    uint32_t lane_count;
    uint64_t lost;           /* number of events lost */
    uint64_t since_ns;       /* from here on, with the calls open then; 0: from the start */
    struct profile *profile; /* holds the names */
    struct build_locations *locations;
};

/* NULL with `error` filled, also when no trace was recorded. The snapshot must live longer. */
struct trace *trace_new(const struct snapshot *snapshot, struct error *error);
void trace_free(struct trace *trace);

/* What happened. Times are nanoseconds since the recorder started and never go back within a
 * lane. */
enum trace_kind {
    TRACE_BEGIN, /* a call begins: its function; or it was open when the events begin */
    TRACE_END,   /* the innermost open call ends */
    TRACE_MARK,
    TRACE_VALUE,
    TRACE_OFF_CPU, /* `value`: nanoseconds before this in which the thread did not run */
    TRACE_GAP,     /* `value`: number of missing events; no call is open after this */
};

struct trace_event {
    enum trace_kind kind;
    uint64_t ns;
    uint64_t function; /* a function word */
    const char *name;  /* of a mark or a value */
    int64_t value;
};

/* Passes each event of a lane to `take`, until that returns nonzero, which is then returned. -1:
 * out of memory, too. */
int trace_events(const struct trace *trace, const struct trace_lane *lane,
                 int (*take)(void *context, const struct trace_event *event), void *context);

/* A function's name and place, as in profiles; NULL: out of memory. */
const struct profile_function *trace_function(const struct trace *trace, uint64_t function);

/* --- the formats (write_perfetto.c, write_chrome.c) ------------------------------------------- */

/* Write to a descriptor, which stays open. -1 with `error` filled. */
int trace_write_perfetto(const struct trace *trace, int fd, struct error *error);
int trace_write_chrome(const struct trace *trace, int fd, struct error *error);

#endif
