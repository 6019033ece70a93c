/* SPDX-License-Identifier: MIT */
/*
 * A snapshot: one private, fully checked copy of a segment, of a running, hung or dead process. The
 * only reader code that sees a segment's bytes; everything after it works on this copy and trusts
 * it.
 *
 * A running process is not stopped: its numbers are read one after the other while it changes them.
 * Each is right on its own; how far they may be apart is bounded by reading the counts twice.
 */
#ifndef CINSTR_READER_SNAPSHOT_H
#define CINSTR_READER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "reader/base/error.h"

#define SNAPSHOT_NONE UINT32_MAX

/* Sums over a lane's nodes. */
struct snapshot_sums {
    uint64_t calls, exits; /* exits: ordinary returns and abnormal ones */
};

struct snapshot_lane {
    struct segment_lane info;     /* as in the segment; thread_name is NUL-terminated */
    uint32_t index;               /* its slot */
    struct segment_frame *frames; /* open calls, outermost first (the base left out); */
    uint32_t frame_count;         /* frames[i].node is a checked NODE INDEX here */
    uint64_t open;  /* open calls; more than frame_count if some are too new to name */
    bool is_steady; /* the frames stood still while they were read */
    struct snapshot_sums early, late; /* before and after the frames were read */
    uint64_t *trace;                  /* words of its ring that are not drained, oldest first */
    uint64_t trace_count;
    bool trace_is_cut; /* older ones have been written over */
};

/* An address at which a context was interrupted, and how often. */
struct snapshot_sample {
    uint32_t node;
    uint64_t address; /* as a function word */
    uint64_t count, periods;
};

struct snapshot {
    struct segment_header header; /* strings NUL-terminated, sections checked */
    bool is_live;                 /* the process may have been running when this was taken */
    bool lacks_nodes; /* some are in the process's memory alone: see nodes_in_memory_from */
    bool is_torn;     /* a thread's calls may count twice, or be missing: it was being
                         merged, again and again, or when the process died */
    struct segment_clock_pair now; /* of the snapshot; for a dead process, its last sign of life */
    double ticks_per_second;
    struct segment_module *modules; /* paths NUL-terminated */
    uint32_t module_count;
    struct snapshot_lane *lanes; /* used lanes only, lane 0 included */
    uint32_t lane_count;
    struct segment_label *labels; /* texts NUL-terminated */
    uint32_t label_count;
    /* By node index. Unused nodes are all zero, and their lane is SNAPSHOT_NONE. Parents of used
     * nodes are used nodes, or 0 for a root; no node is its own ancestor. */
    struct segment_node *nodes;
    uint32_t *node_lane; /* index into lanes */
    uint32_t node_count;
    unsigned char *columns[SEGMENT_MAX_COLUMNS]; /* node_count elements each */
    struct snapshot_sample *samples;             /* sample=HZ; by node */
    uint32_t sample_count;
};

/* From a segment file. A live one is read without stopping its process. NULL with `error` filled.
 */
struct snapshot *snapshot_open(const char *path, struct error *error);

/* The same from a file that is open, and stays so: it may have been deleted since. */
struct snapshot *snapshot_read_fd(int fd, const char *name, struct error *error);

/* From memory that holds a segment: the process's own, or a test's. `name` is for messages. */
struct snapshot *snapshot_from_memory(const void *base, size_t size, const char *name,
                                      struct error *error);
void snapshot_free(struct snapshot *snapshot);

/* Ticks since a moment of the same clock; 0 when that lies ahead. */
static inline uint64_t snapshot_ticks_since(const struct snapshot *snapshot, uint64_t ticks) {
    return snapshot->now.ticks > ticks ? snapshot->now.ticks - ticks : 0;
}

/* Whole nanoseconds; within 292 years. */
static inline uint64_t snapshot_ns(const struct snapshot *snapshot, double ticks) {
    const double ns = ticks * 1e9 / snapshot->ticks_per_second;
    return ns >= 0x1p63 ? INT64_MAX : ns > 0 ? (uint64_t)(ns + 0.5) : 0;
}

/* How many threads were recorded, those that have ended included. */
uint64_t snapshot_threads(const struct snapshot *snapshot);

#endif
