/* SPDX-License-Identifier: MIT */
/* See build_contexts.h. The locations of a node are made once, when it first occurs in a stack. */
#include "build_contexts.h"

#include <stdlib.h>
#include <string.h>

#define LATER (PROFILE_NONE - 1)

static uint32_t entry_location(const struct build_contexts *contexts, uint64_t function) {
    bool is_own;
    switch (function) {
    case SEGMENT_FUNCTION_TRUNCATED:
        return build_location_pseudo(contexts->locations, "[truncated]");
    case SEGMENT_FUNCTION_BEFORE:
        return build_location_pseudo(contexts->locations, "[before init]");
    default:
        if (build_is_pseudo(function))
            return build_location_pseudo(contexts->locations, "[lost]");
        return contexts->snapshot->header.sampling.stacks != 0 /* a return address */
                   ? build_location_interrupted(contexts->locations, 0, function - 1, &is_own)
                   : build_location_entry(contexts->locations, function);
    }
}

/* The caller's frame: `parent` at the node's call site, or the module outside that called. Call
 * site 0 is no call: pseudo functions have it, and callers below [truncated]. */
static uint32_t call_location(const struct build_contexts *contexts,
                              const struct segment_node *node) {
    const struct segment_node *parent = &contexts->snapshot->nodes[node->parent];
    if (!build_is_frame(parent))
        return node->call_site == 0
                   ? PROFILE_NONE
                   : build_location_outside(contexts->locations, node->function, node->call_site);
    if (build_is_pseudo(parent->function) || node->call_site == 0)
        return entry_location(contexts, parent->function);
    return build_location_call(contexts->locations, parent->function, node->call_site);
}

int build_contexts_init(struct build_contexts *contexts, const struct snapshot *snapshot,
                        struct build_locations *locations) {
    const size_t size = (size_t)snapshot->node_count + 1;
    contexts->snapshot = snapshot;
    contexts->locations = locations;
    contexts->entry = reallocarray(NULL, size, sizeof(*contexts->entry));
    contexts->call = reallocarray(NULL, size, sizeof(*contexts->call));
    if (contexts->entry == NULL || contexts->call == NULL)
        return -1;
    for (size_t i = 0; i < size; i++)
        contexts->entry[i] = contexts->call[i] = LATER;
    return 0;
}

void build_contexts_free(struct build_contexts *contexts) {
    free(contexts->entry);
    free(contexts->call);
}

int build_contexts_locate(const struct build_contexts *contexts, uint32_t index) {
    const struct segment_node *node = &contexts->snapshot->nodes[index];
    const struct segment_node *parent = &contexts->snapshot->nodes[node->parent];
    const bool is_call = !build_is_pseudo(node->function) && !build_is_pseudo(parent->function) &&
                         contexts->snapshot->header.sampling.stacks == 0;
    bool holds_caller = false;
    if (contexts->entry[index] != LATER)
        return 0;
    contexts->entry[index] = is_call ? build_location_called(contexts->locations, node->function,
                                                             parent->function, &holds_caller)
                                     : entry_location(contexts, node->function);
    contexts->call[index] = holds_caller ? PROFILE_NONE : call_location(contexts, node);
    return contexts->entry[index] == PROFILE_NONE || (contexts->call[index] == PROFILE_NONE &&
                                                      !holds_caller && build_is_frame(parent))
               ? -1
               : 0;
}

/* Adds the callers of a node. Returns the label that it ran under, 0 none; or -1. */
static int64_t push_callers(const struct build_contexts *contexts, uint32_t index,
                            struct index_stack *stack) {
    const struct segment_node *nodes = contexts->snapshot->nodes;
    while (build_is_frame(&nodes[index])) {
        if (build_contexts_locate(contexts, index) != 0)
            return -1;
        if (contexts->call[index] != PROFILE_NONE &&
            index_stack_push(stack, contexts->call[index]) != 0)
            return -1;
        index = nodes[index].parent;
    }
    return nodes[index].function == SEGMENT_FUNCTION_LABEL ? (int64_t)nodes[index].call_site : 0;
}

static int push_entry(const struct build_contexts *contexts, uint32_t index,
                      struct index_stack *stack) {
    return build_contexts_locate(contexts, index) != 0
               ? -1
               : index_stack_push(stack, contexts->entry[index]);
}

int64_t build_contexts_stack(const struct build_contexts *contexts, uint32_t index,
                             struct index_stack *stack) {
    stack->depth = 0;
    if (build_is_frame(&contexts->snapshot->nodes[index]) &&
        push_entry(contexts, index, stack) != 0)
        return -1;
    return push_callers(contexts, index, stack);
}

/* The node that a charge belongs to. If it was made below the external function that caused it,
 * that is this function's caller, as it would be without hooks around the call. */
static uint32_t charged_context(const struct build_contexts *contexts,
                                const struct segment_node *charge) {
    const struct segment_node *nodes = contexts->snapshot->nodes;
    const struct segment_node *parent = &nodes[charge->parent];
    const uint64_t tag = charge->function & ~SEGMENT_ADDRESS_MASK;
    bool is_own = false;
    if ((parent->function & SEGMENT_EXTERNAL) != 0 && build_is_frame(&nodes[parent->parent]))
        build_location_interrupted(contexts->locations, nodes[parent->parent].function,
                                   tag | (charge->call_site - 1), &is_own);
    return is_own ? parent->parent : charge->parent;
}

int64_t build_contexts_charge_stack(const struct build_contexts *contexts, uint32_t index,
                                    bool has_leaf, struct index_stack *stack) {
    const struct segment_node *node = &contexts->snapshot->nodes[index];
    const uint32_t context = charged_context(contexts, node);
    const struct segment_node *parent = &contexts->snapshot->nodes[context];
    const uint64_t tag = node->function & ~SEGMENT_ADDRESS_MASK;
    bool is_own;
    uint32_t caller;
    if (contexts->snapshot->header.sampling.stacks != 0)
        return build_contexts_stack(contexts, has_leaf ? index : node->parent, stack);
    caller = build_location_interrupted(contexts->locations,
                                        build_is_frame(parent) ? parent->function : 0,
                                        tag | (node->call_site - 1), &is_own);
    stack->depth = 0;
    if (caller == PROFILE_NONE || (has_leaf && push_entry(contexts, index, stack) != 0) ||
        index_stack_push(stack, caller) != 0 ||
        (build_is_frame(parent) && !is_own && push_entry(contexts, context, stack) != 0))
        return -1;
    return push_callers(contexts, context, stack);
}

uint32_t build_contexts_tags(const struct build_contexts *contexts, uint32_t index, int64_t label,
                             bool by_thread, struct profile_tag tags[BUILD_TAGS]) {
    const struct snapshot *snapshot = contexts->snapshot;
    const struct segment_lane *lane = &snapshot->lanes[snapshot->node_lane[index]].info;
    uint32_t tag_count = 0;
    if (label > 0 && label < snapshot->label_count) {
        const struct segment_label *text = &snapshot->labels[label];
        tags[tag_count++] = (struct profile_tag){.key = text->key, .text = text->value};
    }
    if (by_thread) {
        const bool has_ended = lane->kind == SEGMENT_LANE_ENDED;
        tags[tag_count++] = (struct profile_tag){
            .key = "thread", .text = has_ended ? "ended threads" : lane->thread_name};
        tags[tag_count++] = (struct profile_tag){.key = "tid", .number = lane->tid, .unit = "id"};
    }
    return tag_count;
}
