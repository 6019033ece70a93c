/* SPDX-License-Identifier: MIT */
/*
 * The contexts of a snapshot in the form of a profile: the stack and the tags of a node. Called by
 * build_profile.c alone.
 */
#ifndef CINSTR_READER_BUILD_CONTEXTS_H
#define CINSTR_READER_BUILD_CONTEXTS_H

#include "build_locations.h"
#include "reader/base/index_stack.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

enum { BUILD_TAGS = 4 };

struct build_contexts {
    const struct snapshot *snapshot;
    struct build_locations *locations;
    /* By node: its own location, and its caller's at the call unless its own location includes
     * that. */
    uint32_t *entry, *call;
};

/* -1: out of memory, here and in the functions below. */
int build_contexts_init(struct build_contexts *contexts, const struct snapshot *snapshot,
                        struct build_locations *locations);
void build_contexts_free(struct build_contexts *contexts);

/* Fills in entry and call of a node. `call` is PROFILE_NONE where the caller is not known, or
 * where the node was inlined and its own location includes its caller. */
int build_contexts_locate(const struct build_contexts *contexts, uint32_t index);

/* Fills in the stack of a node, innermost first. Returns the label that it ran under, 0 none; or
 * -1. */
int64_t build_contexts_stack(const struct build_contexts *contexts, uint32_t index,
                             struct index_stack *stack);

/* The same for a charge: with `has_leaf` also the library's function and its caller, which may
 * be code without hooks below the context. */
int64_t build_contexts_charge_stack(const struct build_contexts *contexts, uint32_t index,
                                    bool has_leaf, struct index_stack *stack);

/* Returns how many tags a sample of the node has. */
uint32_t build_contexts_tags(const struct build_contexts *contexts, uint32_t index, int64_t label,
                             bool by_thread, struct profile_tag tags[BUILD_TAGS]);

static inline bool build_is_frame(const struct segment_node *node) {
    return node->function != SEGMENT_FUNCTION_ROOT && node->function != SEGMENT_FUNCTION_LABEL;
}

#endif
