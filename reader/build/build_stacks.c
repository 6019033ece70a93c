/* SPDX-License-Identifier: MIT */
/*
 * See build_stacks.h. Frames are named as those of a profile are, through its locations.
 */
#include "build_stacks.h"

#include <stdlib.h>

#include "build_locations.h"

void stacks_free(struct stacks *stacks) {
    for (uint32_t i = 0; i < stacks->count; i++)
        free(stacks->stacks[i].frames);
    free(stacks->stacks);
    profile_free(stacks->profile);
    *stacks = (struct stacks){0};
}

/* `inner` is the call made from it, NULL for the innermost. */
static uint32_t locate(struct build_locations *locations, const struct segment_node *node,
                       const struct segment_node *inner) {
    if (build_is_pseudo(node->function))
        return build_location_pseudo(locations, "[unknown]");
    if (inner == NULL || inner->call_site == 0)
        return build_location_entry(locations, node->function);
    return build_location_call(locations, node->function, inner->call_site);
}

static struct stacks_frame describe(const struct profile *profile, uint32_t index) {
    const struct profile_location *location = &profile->locations[index];
    const struct profile_function *function = &profile->functions[location->lines[0].function];
    return (struct stacks_frame){
        .function = function->name, .file = function->file, .line = location->lines[0].line};
}

/* NULL: no memory. */
static struct stacks_frame *add_frame(struct stacks_stack *stack, struct build_locations *locations,
                                      const struct profile *profile,
                                      const struct segment_node *node,
                                      const struct segment_node *inner) {
    const uint32_t location = locate(locations, node, inner);
    struct stacks_frame *larger =
        reallocarray(stack->frames, (size_t)stack->count + 1, sizeof *larger);
    if (larger == NULL)
        return NULL;
    stack->frames = larger;
    if (location == PROFILE_NONE)
        return NULL;
    larger[stack->count] = describe(profile, location);
    return &larger[stack->count++];
}

/* Whether `inner` was called from `node`, directly or by other calls. */
static bool is_above(const struct snapshot *snapshot, const struct segment_node *node,
                     const struct segment_node *inner) {
    while (inner->parent != 0 && inner != node)
        inner = &snapshot->nodes[inner->parent];
    return inner == node;
}

/* Adds the calls without frames between `inner` and `outer`, the next call that has a frame. Returns
 * the outermost of them, or `inner`. NULL: no memory. */
static const struct segment_node *
add_counted(struct stacks_stack *stack, const struct snapshot *snapshot,
            struct build_locations *locations, const struct profile *profile,
            const struct segment_node *outer, const struct segment_node *inner) {
    const struct segment_node *node = &snapshot->nodes[inner->parent];
    const bool is_known = inner != outer && is_above(snapshot, outer, inner);
    while (is_known && node != outer) {
        if (add_frame(stack, locations, profile, node, inner) == NULL)
            return NULL;
        inner = node;
        node = &snapshot->nodes[node->parent];
    }
    return inner;
}

static int fill_stack(struct stacks_stack *stack, const struct snapshot *snapshot,
                      struct build_locations *locations, const struct profile *profile) {
    const struct segment_frame *frames = stack->lane->frames;
    const struct segment_node *inner = NULL;
    for (uint32_t i = stack->lane->frame_count; i-- > 0;) {
        const struct segment_node *node = &snapshot->nodes[frames[i].node];
        struct stacks_frame *frame = add_frame(stack, locations, profile, node, inner);
        if (frame == NULL)
            return -1;
        frame->is_timed = frames[i].start != 0;
        if (frame->is_timed)
            frame->ns =
                snapshot_ns(snapshot, (double)snapshot_ticks_since(snapshot, frames[i].start));
        const struct segment_node *outer =
            &snapshot->nodes[i > 0 ? (uint32_t)frames[i - 1].node : stack->lane->info.root];
        inner = add_counted(stack, snapshot, locations, profile, outer, node);
        if (inner == NULL)
            return -1;
    }
    return 0;
}

static int fill(struct stacks *stacks, const struct snapshot *snapshot, struct error *error) {
    struct build_locations *locations = build_locations_new(snapshot, stacks->profile, error);
    int result = 0;
    if (locations == NULL)
        return -1;
    for (uint32_t i = 0; result == 0 && i < snapshot->lane_count; i++) {
        if (snapshot->lanes[i].info.kind == SEGMENT_LANE_ENDED ||
            snapshot->lanes[i].info.state == SEGMENT_LANE_KEPT)
            continue;
        struct stacks_stack *stack = &stacks->stacks[stacks->count++];
        stack->lane = &snapshot->lanes[i];
        result = fill_stack(stack, snapshot, locations, stacks->profile);
    }
    build_locations_free(locations);
    return result == 0 ? 0 : error_set(error, "out of memory");
}

int build_stacks(struct stacks *stacks, const struct snapshot *snapshot, struct error *error) {
    *stacks =
        (struct stacks){.stacks = calloc((size_t)snapshot->lane_count + 1, sizeof(*stacks->stacks)),
                        .profile = profile_new()};
    if (stacks->stacks == NULL || stacks->profile == NULL)
        error_set(error, "out of memory");
    else if (fill(stacks, snapshot, error) == 0)
        return 0;
    stacks_free(stacks);
    return -1;
}
