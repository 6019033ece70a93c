/* SPDX-License-Identifier: MIT */
/*
 * The open calls of a snapshot. A running thread changes its shadow stack while it is read; so it
 * is read twice. The frames that are equal in both, from the outermost on, were open all the time
 * in between. Called by snapshot.c.
 */
#include <stdlib.h>
#include <string.h>

#include "snapshot_copy.h"

enum { CHUNK = 512, TRIES = 4 };

struct stack {
    struct segment_frame *frames;
    uint64_t count;
};

/* Reads frames, starting with the base, up to the first that is not open. */
static int read_stack(const struct snapshot_source *source, const struct segment_section *heap,
                      const struct segment_lane *lane, struct stack *stack, struct error *error) {
    const uint64_t end = heap->offset + heap->capacity;
    *stack = (struct stack){NULL, 0};
    for (uint64_t at = 0; at < lane->frame_capacity;) {
        uint64_t count = lane->frame_capacity - at < CHUNK ? lane->frame_capacity - at : CHUNK;
        const uint64_t offset = lane->frames + at * sizeof(*stack->frames);
        if (lane->frames < heap->offset || offset > end ||
            count > (end - offset) / sizeof(*stack->frames))
            return error_set(error, "%s: damaged: a shadow stack lies outside", source->name);
        struct segment_frame *larger =
            reallocarray(stack->frames, at + count, sizeof(*stack->frames));
        if (larger == NULL)
            return error_set(error, "%s: out of memory", source->name);
        stack->frames = larger;
        if (snapshot_read(source, offset, &larger[at], count * sizeof(*larger), error) != 0)
            return -1;
        for (count += at; at < count; at++) {
            if (larger[at].node == 0) {
                stack->count = at;
                return 0;
            }
        }
        stack->count = at;
    }
    return 0;
}

static int read_info(const struct snapshot_source *source, const struct snapshot *snapshot,
                     uint32_t slot, struct segment_lane *info, struct error *error) {
    const struct segment_section *lanes = &snapshot->header.sections[SEGMENT_SECTION_LANES];
    return snapshot_read(source, lanes->offset + (uint64_t)slot * lanes->element_size, info,
                         sizeof(*info), error);
}

static bool is_same_frame(const struct segment_frame *a, const struct segment_frame *b) {
    return a->node == b->node && a->sp == b->sp && a->start == b->start;
}

/* If the stack was moved in the meantime, its old place may hold anything: read again. */
static int read_steady(const struct snapshot_source *source, const struct snapshot *snapshot,
                       struct snapshot_lane *lane, struct stack *stack, struct error *error) {
    const struct segment_section *heap = &snapshot->header.sections[SEGMENT_SECTION_HEAP];
    struct segment_lane before = {0}, after = {0};
    struct stack again = {NULL, 0};
    uint64_t same = 0;
    int result = 0;
    for (int i = 0; i < TRIES && result == 0; i++) {
        free(stack->frames);
        free(again.frames);
        stack->frames = again.frames = NULL;
        if (read_info(source, snapshot, lane->index, &before, error) != 0 ||
            read_stack(source, heap, &before, stack, error) != 0 ||
            read_stack(source, heap, &before, &again, error) != 0 ||
            read_info(source, snapshot, lane->index, &after, error) != 0)
            result = -1;
        else if (before.frames == after.frames)
            break;
    }
    while (result == 0 && same < stack->count && same < again.count &&
           is_same_frame(&stack->frames[same], &again.frames[same]))
        same++;
    lane->is_steady = same == stack->count && same == again.count && before.frames == after.frames;
    stack->count = same;
    free(again.frames);
    return result;
}

/* A lane carries out a reset at its next hook. */
static void begin_at_reset(const struct snapshot *snapshot, const struct segment_lane *lane,
                           struct segment_frame *frame) {
    const uint64_t reset = snapshot->header.reset_ticks;
    if (lane->reset_epoch == snapshot->header.reset_epoch || frame->start == 0 ||
        frame->start >= reset)
        return;
    frame->start = reset;
    frame->paused = lane->paused;
}

/* Converts the writer's addresses into node indices. Calls of contexts that began after the
 * nodes were copied cannot be named. */
static int name_frames(const struct snapshot_source *source, const struct snapshot *snapshot,
                       struct snapshot_lane *lane, struct stack *stack, struct error *error) {
    const uint64_t base =
        snapshot->header.base + snapshot->header.sections[SEGMENT_SECTION_NODES].offset;
    lane->open = stack->count == 0 ? 0 : stack->count - 1;
    lane->frames = stack->frames;
    for (uint64_t i = 0; i < lane->open; i++) {
        struct segment_frame frame = stack->frames[i + 1];
        const uint64_t offset = frame.node - base;
        const uint64_t node = offset / sizeof(struct segment_node);
        if (offset % sizeof(struct segment_node) != 0 || node >= snapshot->node_count ||
            snapshot->node_lane[node] == SNAPSHOT_NONE) {
            if (snapshot->is_live)
                break;
            return error_set(error, "%s: damaged: an open call of no context", source->name);
        }
        frame.node = node;
        begin_at_reset(snapshot, &lane->info, &frame);
        lane->frames[lane->frame_count++] = frame;
    }
    return 0;
}

int snapshot_read_frames(const struct snapshot_source *source, struct snapshot *snapshot,
                         struct error *error) {
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        struct snapshot_lane *lane = &snapshot->lanes[i];
        struct stack stack = {NULL, 0};
        int result = read_steady(source, snapshot, lane, &stack, error);

        if (result == 0)
            result = name_frames(source, snapshot, lane, &stack, error);
        else
            free(stack.frames);
        if (result != 0)
            return -1;
    }
    return 0;
}
