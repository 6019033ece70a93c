/* SPDX-License-Identifier: MIT */
/*
 * What must hold of any segment, damaged or not: it is refused with one line, or the snapshot is
 * what snapshot.h promises and everything made of it is sound. Ends the process where it is not.
 * For tests/fuzz/segment_fuzz.c and tests/unit/damage_test.c.
 */
#ifndef CINSTR_TESTS_SEGMENT_EXAMINE_H
#define CINSTR_TESTS_SEGMENT_EXAMINE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader/build/build_profile.h"
#include "reader/build/build_stacks.h"
#include "reader/build/verify_segment.h"
#include "reader/snapshot/snapshot.h"
#include "reader/trace/trace.h"

static inline void examine_require(bool holds, const char *what, const char *detail) {
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

static inline bool examine_is_line(const char *text) {
    return text[0] != '\0' && strchr(text, '\n') == NULL;
}

static inline void examine_line(void *context, const char *line) {
    (void)context;
    examine_require(examine_is_line(line), "a violation is not one line", line);
}

static inline bool examine_is_zero(const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    while (size > 0 && at[size - 1] == 0)
        size--;
    return size == 0;
}

static inline void examine_nodes(const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->node_count; i++) {
        const struct segment_node *node = &snapshot->nodes[i];
        uint32_t at = i, steps = 0;

        if (snapshot->node_lane[i] == SNAPSHOT_NONE) {
            examine_require(examine_is_zero(node, sizeof(*node)), "an unused node", "not zero");
            continue;
        }
        examine_require(snapshot->node_lane[i] < snapshot->lane_count, "a node", "of no lane");
        for (; at != 0; at = snapshot->nodes[at].parent) {
            examine_require(steps++ < snapshot->node_count, "a node", "its own ancestor");
            examine_require(snapshot->nodes[at].parent < snapshot->node_count, "a parent",
                            "out of range");
            examine_require(snapshot->node_lane[at] != SNAPSHOT_NONE, "a parent", "not in use");
            examine_require(snapshot->nodes[at].parent != 0 ||
                                snapshot->nodes[at].function == SEGMENT_FUNCTION_ROOT,
                            "a node without a parent", "no root");
        }
    }
}

static inline void examine_tables(const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->module_count; i++) {
        const struct segment_module *module = &snapshot->modules[i];
        examine_require(memchr(module->path, 0, sizeof(module->path)) != NULL, "a path", "no end");
        examine_require(module->build_id_size <= sizeof(module->build_id), "a build id", "long");
    }
    for (uint32_t i = 0; i < snapshot->label_count; i++) {
        const struct segment_label *label = &snapshot->labels[i];
        examine_require(memchr(label->key, 0, sizeof(label->key)) != NULL, "a key", "no end");
        examine_require(memchr(label->value, 0, sizeof(label->value)) != NULL, "a value", "no end");
    }
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct snapshot_lane *lane = &snapshot->lanes[i];
        examine_require(lane->frame_count <= lane->open, "a lane", "more frames than open calls");
        for (uint32_t k = 0; k < lane->frame_count; k++)
            examine_require(lane->frames[k].node < snapshot->node_count &&
                                snapshot->node_lane[lane->frames[k].node] != SNAPSHOT_NONE,
                            "an open call", "of no node");
    }
}

/* What is built can be written, and read again sample by sample. */
static inline void examine_profile(const struct snapshot *snapshot,
                                   const struct build_options *options) {
    static int fd = -1;
    struct error error = {""};
    struct profile *profile = build_profile(snapshot, options, &error);
    examine_require(profile != NULL || examine_is_line(error.message), "no profile", "no reason");
    if (profile == NULL)
        return;
    if (fd == -1)
        fd = memfd_create("profile", 0);
    examine_require(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0, "no file", "memfd");
    examine_require(profile_write_pprof(profile, fd, &error) == 0, "not written", error.message);
    examine_require(lseek(fd, 0, SEEK_SET) == 0, "no file", "memfd");
    struct profile *again = profile_read_pprof(fd, "again", &error);
    examine_require(again != NULL, "what was written is not read", error.message);
    examine_require(again->sample_count == profile->sample_count, "samples were lost", "");
    profile_free(again);
    profile_free(profile);
}

/* Events nest and never go back in time. */
struct examine_events {
    uint64_t last, depth;
};

static inline int examine_event(void *context, const struct trace_event *event) {
    struct examine_events *events = context;
    examine_require(event->ns >= events->last, "a trace", "goes back in time");
    examine_require(event->kind != TRACE_END || events->depth > 0, "a trace", "ends what is over");
    events->last = event->ns;
    events->depth += event->kind == TRACE_BEGIN;
    events->depth -= event->kind == TRACE_END;
    return 0;
}

static inline void examine_trace(const struct snapshot *snapshot) {
    static int fd = -1;
    struct error error = {""};
    struct trace *trace = trace_new(snapshot, &error);
    examine_require(trace != NULL || examine_is_line(error.message), "no trace", "no reason");
    if (trace == NULL)
        return;
    if (fd == -1)
        fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (uint32_t i = 0; i < trace->lane_count; i++) {
        struct examine_events events = {0, 0};
        examine_require(trace_events(trace, &trace->lanes[i], examine_event, &events) == 0,
                        "a trace", "out of memory");
    }
    examine_require(trace_write_perfetto(trace, fd, &error) == 0, "not written", error.message);
    examine_require(trace_write_chrome(trace, fd, &error) == 0, "not written", error.message);
    trace_free(trace);
}

/* Whether the segment was accepted. */
static inline bool examine_segment(const void *segment, size_t size, bool by_thread) {
    struct error error = {""};
    struct snapshot *snapshot = snapshot_from_memory(segment, size, "damaged", &error);
    struct snapshot_totals totals;
    struct stacks stacks;
    examine_require(snapshot != NULL || examine_is_line(error.message), "refused", "no reason");
    if (snapshot == NULL)
        return false;
    examine_nodes(snapshot);
    examine_tables(snapshot);
    snapshot_verify(snapshot, &totals, examine_line, NULL);
    examine_profile(snapshot, &(struct build_options){.kind = "exact", .by_thread = by_thread});
    examine_profile(snapshot, &(struct build_options){.kind = "edges", .by_thread = by_thread});
    examine_profile(snapshot, &(struct build_options){.kind = "cpu", .by_thread = by_thread});
    examine_profile(snapshot, &(struct build_options){.kind = "wall", .by_thread = by_thread});
    examine_profile(snapshot, &(struct build_options){.kind = "heap"});
    examine_profile(snapshot, &(struct build_options){.kind = "block"});
    examine_trace(snapshot);
    if (build_stacks(&stacks, snapshot, &error) == 0)
        stacks_free(&stacks);
    snapshot_free(snapshot);
    return true;
}

#endif
