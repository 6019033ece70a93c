/* SPDX-License-Identifier: MIT */
/*
 * A snapshot: one private, fully checked copy of a segment, of a running, hung or dead process. The
 * only reader code that sees a segment's bytes; everything after it works on this copy and trusts
 * it.
 */
#ifndef CINSTR_READER_SNAPSHOT_H
#define CINSTR_READER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "error.h"

struct snapshot_lane {
    struct segment_lane info;           /* as in the segment; thread_name is NUL-terminated */
    uint32_t index;                     /* its slot */
    const struct segment_frame *frames; /* open calls, outermost first (the base left out); */
    uint32_t frame_count;               /* frames[i].node is a checked NODE INDEX here */
};

struct snapshot {
    struct segment_header header;  /* strings NUL-terminated, sections checked */
    bool live;                     /* the process was alive when this was taken */
    bool torn;                     /* threads ended faster than could be followed: see snapshot.c */
    struct segment_clock_pair now; /* of the snapshot; for a dead process, its last sign of life */
    double ticks_per_second;
    struct segment_module *modules;
    uint32_t module_count;
    struct snapshot_lane *lanes; /* used lanes only, lane 0 included */
    uint32_t lane_count;
    struct segment_label *labels;
    uint32_t label_count;
    struct segment_node
        *nodes;          /* by node index; unused ones are all zero. parent is < node_count, */
    uint32_t *node_lane; /* acyclic, and in a lane's tree. node_lane: index into lanes, */
    uint32_t node_count; /* PROFILE_NONE for unused nodes */
    unsigned char *columns[SEGMENT_MAX_COLUMNS]; /* node_count elements each */
    void *storage;
};

/* From a segment file. `name` is for messages. A live one is read without stopping its process. */
struct snapshot *snapshot_open(const char *path, struct error *error);

/* From memory that holds a segment: the process's own, or a test's. */
struct snapshot *snapshot_from_memory(const void *base, size_t size, const char *name,
                                      struct error *error);
void snapshot_free(struct snapshot *snapshot);

/* A column by name, NULL when the segment has none. Elements of 8 bytes. */
const uint64_t *snapshot_column(const struct snapshot *snapshot, const char *name);

/* The invariants (DESIGN.md): per lane, sum of calls + carried = sum of callee_returns + unwinds + open
 * calls; self times add up to the time below the root. Returns the number of violations, each given
 * to `report` as one line. */
struct snapshot_totals {
    uint64_t calls, returns, unwinds, open, carried;
    uint64_t nodes, lanes;
};
unsigned snapshot_verify(const struct snapshot *snapshot, struct snapshot_totals *totals,
                         void (*report)(void *context, const char *line), void *context);

#endif
