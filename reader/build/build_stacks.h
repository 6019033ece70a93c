/* SPDX-License-Identifier: MIT */
/*
 * What each thread of a snapshot is doing: its open calls by name, and how long each has been open.
 * Called by the stack command.
 */
#ifndef CINSTR_READER_BUILD_STACKS_H
#define CINSTR_READER_BUILD_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"

struct stacks_frame {
    const char *function;
    const char *file; /* "" unknown */
    int64_t line;     /* of the open callee's call, or where it begins; 0 unknown */
    bool is_timed;    /* it was timed; with timing=adaptive some calls are only counted */
    uint64_t ns;      /* since it was entered */
};

/* A lane: a thread's own stack, or another that it runs on. */
struct stacks_stack {
    const struct snapshot_lane *lane;
    struct stacks_frame *frames; /* innermost first */
    uint32_t count;
};

struct stacks {
    struct stacks_stack *stacks;
    uint32_t count;
    struct profile *profile; /* holds the strings */
};

/* The stacks of all lanes but that of ended threads, in the order of the lanes. The snapshot
 * must live longer. */
int build_stacks(struct stacks *stacks, const struct snapshot *snapshot, struct error *error);
void stacks_free(struct stacks *stacks);

#endif
