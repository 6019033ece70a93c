/* SPDX-License-Identifier: MIT */
/*
 * What the entry of a timed function has to know of the recorder where the plugin puts its usual
 * path in line (-cinstr-inline-entry, plugin/inline_entry.cpp): the first words of the thread's
 * lane, and where to find it. What is not usual is done out of line.
 *
 * Version 1: it is in every name, so that code built for another version does not link, or does not
 * start, and the linker says which name is missing. Whoever changes anything here changes the
 * names. For the plugin and the recorder alone; what the words mean is told in runtime/base/lane.h,
 * what is done to them, in which order, in runtime/hooks/hook_steps.h.
 */
#ifndef CINSTR_INLINE_ENTRY_H
#define CINSTR_INLINE_ENTRY_H

#include <cinstr/hooks.h>
#include <cinstr/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A call made before over an edge: the caller's node and the callee's. */
struct cinstr1_memo {
    uint64_t parent;
    uint64_t node;
};

/* How a lane begins: all that the usual path needs, one cache line. */
struct cinstr1_lane {
    uint64_t high;
    uint64_t span;
    uint64_t full;
    uint64_t top;         /* address of the innermost segment_frame */
    uint64_t switch_word; /* address of a uint32_t */
    uint32_t switch_seen;
    uint32_t memo_mask;
    uint64_t limit;
    uint64_t memo; /* address of the first cinstr1_memo */
};

/* How a module's state begins. */
struct cinstr1_module {
    uint64_t exact_tag; /* or'ed to a function's address; 0: no entry is usual */
};

/* Where they are: a pointer of each thread (initial-exec), and an object of each module. */
#define CINSTR1_SELF   "cinstr1_self"
#define CINSTR1_MODULE "cinstr1_module"

/* The place of a function in the stack: this much below its canonical frame address, so that it
 * lies below what its caller has and above what it calls, whoever put their hooks in. */
#define CINSTR1_BELOW_CFA 8

/* The rest of an entry of which nothing is done yet. */
CINSTR_HOOK void cinstr1_enter_apart(uintptr_t place, uint64_t callee, uint64_t call_site);
/* The rest of an entry that has begun to change the lane: `span` says so. `function` is the callee
 * with its tag. */
CINSTR_HOOK void cinstr1_enter_other(uintptr_t place, uint64_t function, uint64_t call_site);

#ifdef __cplusplus
}
#endif
#endif
