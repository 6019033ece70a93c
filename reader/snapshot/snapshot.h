/* SPDX-License-Identifier: MIT */
/*
 * A snapshot: a private, fully checked copy of a segment, of a running, hung or dead process. Only
 * this folder sees a segment's bytes; all other reader code works on this copy and trusts it.
 *
 * A running process is not stopped: its numbers are read one after the other while it changes them.
 * Each is right on its own. How far they may be apart is bounded by reading the counts twice.
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
    uint64_t calls, exits; /* exits, normal and abnormal */
};

struct snapshot_lane {
    struct segment_lane info;     /* as in the segment; thread_name is NUL-terminated */
    uint32_t index;               /* the lane's index in the segment */
    struct segment_frame *frames; /* open calls, outermost first, without the base; */
    uint32_t frame_count;         /* frames[i].node is a checked NODE INDEX here */
    uint64_t open;  /* open calls; more than frame_count if some began after the nodes were read */
    bool is_steady; /* the frames did not change while they were read */
    struct snapshot_sums early, late; /* the sums before and after the frames were read */
    uint64_t *trace;                  /* words of its ring that are not drained, oldest first */
    uint64_t trace_count;
    bool trace_is_cut; /* older words have been overwritten */
};

/* An address at which sampling interrupted a context, and how often. */
struct snapshot_sample {
    uint32_t node;
    uint64_t address; /* a function word */
    uint64_t count, periods;
};

struct snapshot {
    struct segment_header header; /* strings NUL-terminated, sections checked */
    bool is_live;                 /* the process may have been running when this was taken */
    bool lacks_nodes; /* some nodes are only in the process's memory: see nodes_in_memory_from */
    bool is_torn;     /* a thread's calls may count twice, or be missing: it was being
                         merged, again and again, or when the process died */
    struct segment_clock_pair now; /* when taken; of the dead, the last sign of life */
    double ticks_per_second;
    struct segment_module *modules; /* paths NUL-terminated */
    uint32_t module_count;
    struct snapshot_lane *lanes; /* used lanes only, lane 0 included */
    uint32_t lane_count;
    struct segment_label *labels; /* texts NUL-terminated */
    uint32_t label_count;
    /* By node index. Unused nodes are all zero, and their lane is SNAPSHOT_NONE. The parent of a
     * used node is a used node, or 0 for a root; no node is its own ancestor. */
    struct segment_node *nodes;
    uint32_t *node_lane; /* index into lanes */
    uint32_t node_count;
    unsigned char *columns[SEGMENT_MAX_COLUMNS]; /* node_count elements each */
    struct snapshot_sample *samples;             /* sample=HZ; by node */
    uint32_t sample_count;
};

/* Takes a snapshot of a segment's file, without stopping the process if it runs. NULL with `error`
 * filled. */
struct snapshot *snapshot_open(const char *path, struct error *error);

/* The same from an open file, which stays open: its name may have been deleted. */
struct snapshot *snapshot_read_fd(int fd, const char *name, struct error *error);

/* The same from memory that holds a segment: the process's own, or a test's. `name` is for
 * messages. */
struct snapshot *snapshot_from_memory(const void *base, size_t size, const char *name,
                                      struct error *error);
void snapshot_free(struct snapshot *snapshot);

/* Ticks since a moment of the same clock; 0 if that is in the future. */
static inline uint64_t snapshot_ticks_since(const struct snapshot *snapshot, uint64_t ticks) {
    return snapshot->now.ticks > ticks ? snapshot->now.ticks - ticks : 0;
}

/* Converts ticks into whole nanoseconds, up to 292 years. */
static inline uint64_t snapshot_ns(const struct snapshot *snapshot, double ticks) {
    const double ns = ticks * 1e9 / snapshot->ticks_per_second;
    return ns >= 0x1p63 ? INT64_MAX : ns > 0 ? (uint64_t)(ns + 0.5) : 0;
}

/* How many threads were recorded, including those that have ended. */
uint64_t snapshot_threads(const struct snapshot *snapshot);

/* Whether the node is in use, and not the root of a lane. */
static inline bool snapshot_is_context(const struct snapshot *snapshot, uint32_t node) {
    return snapshot->node_lane[node] != SNAPSHOT_NONE &&
           snapshot->nodes[node].function != SEGMENT_FUNCTION_ROOT;
}

#endif
