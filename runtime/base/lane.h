/* SPDX-License-Identifier: MIT */
/*
 * The state that the hot path works on: one lane a stack (see segment_lane). Private memory of the
 * recorder, marked wipe-on-fork; the frames and nodes it points to lie in the segment. Included by
 * the hooks (hooks.c, linked into every instrumented module) and the rest of the recorder: its
 * layout is their private ABI, versioned by the soname of libcinstr.
 *
 * One comparison tells the usual case from all others: a hook runs on iff
 *
 *     high - sp < span
 *
 *     span                what that means
 *     bound               the lane is at rest: the test holds where sp lies in the lane's stack
 *     high - hook         a hook whose stack pointer is `hook` is changing this lane: a handler that
 *                         interrupts it, lower on this stack or on another one, fails the test
 *     0                   never set up, wiped by fork, recording stopped, or work is pending: every
 *                         hook fails the test
 *
 * A hook sets span to high - sp before its first change and to `full` after its last. Whoever wants
 * the lane's next hook on the slow path sets full to 0.
 */
#ifndef CINSTR_RUNTIME_LANE_H
#define CINSTR_RUNTIME_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "switch_word.h"

/* The clocks when they were last compared: see cpu_time.c. */
struct cpu_account {
    struct switch_word word;
    void *owner; /* the thread's pointer */
    uint64_t ticks;
    uint64_t monotonic_ns;
    uint64_t off_ns;
};

/* A transition, by its edge: see lookup.h. */
struct lane_memo {
    const struct segment_node *parent;
    struct segment_node *node;
};

struct lane {
    /* Every hook. */
    uintptr_t high; /* end of the stack region */
    uintptr_t span;
    uintptr_t full; /* what span is at rest: bound or 0 */
    struct segment_frame *top;
    const volatile uint32_t *switch_word; /* changes at each context switch; or points to ... */
    uint32_t switch_seen;                 /* ... this, which then never differs */
    uint32_t memo_mask;                   /* of the byte offset in memo */
    struct segment_frame *limit;          /* the last frame that may be used */
    struct lane_memo *memo;               /* see lookup.h */
    uint64_t paused; /* ticks for which the lane's clock has stood still: see cpu_time.c */
    uint64_t last;   /* ticks when a timed call last ended here */

    /* Calls that the memo does not have, columns. */
    char *nodes; /* the segment's node array */
    uint64_t *lookup;
    uint32_t lookup_shift; /* 64 - log2(entries) */
    uint32_t random;       /* timing=adaptive */
    uint64_t *min, *max;   /* columns */
    uint64_t *timed_calls, *variance;
    uint64_t *instructions; /* of the node at address 0: see instructions.c */
    uint32_t *histogram;    /* NULL: no durations are kept */
    uint32_t *place_of;     /* a node's place, by number: see places.h */
    uint32_t token;         /* of its places that are valid */

    /* The slow path's own. */
    uintptr_t bound; /* size of the stack region: [high - bound, high) */
    uint32_t ready;  /* 0 in wiped or unused memory */
    uint32_t rounds; /* of thread-specific destructors seen */
    bool is_merged;
    bool is_loop; /* hook_loop.c's own: never in a segment */
    /* Within this stack's frames lies another that was named, or the alternate one. */
    bool has_inner, has_alternate;
    uint32_t index; /* slot in the segment */
    uint32_t pending;
    uint32_t lookup_used;
    struct segment_lane *info;
    void *first_page; /* the first frames and the first lookup table */
    struct segment_node *root;
    struct segment_node *next_node, *end_node; /* rest of the current block */
    uint32_t block, first_block;               /* index + 1; chained by block_next[] */
    struct lane *outer;                        /* signal lanes: the lane interrupted */
    struct lane *resumer;                 /* of a coroutine: where it was last switched to from */
    struct lane *nested;                  /* for handlers that interrupt a hook of this lane */
    struct lane *sibling;                 /* next lane of the same thread */
    struct lane *thread;                  /* the thread's first lane */
    struct cpu_account account;           /* of a thread, in its first lane */
    struct segment_node *deferred_parent; /* handler time to take from its self time */
    uint64_t deferred_ticks;
    uint64_t epoch;                   /* of the last reset that it has followed */
    uint64_t root_self;               /* signal lanes: root->self when the handler came */
    uint64_t overflow;                /* calls open beyond what the shadow stack can hold */
    uint64_t resync_sp;               /* set by a catch: frames at or below were abandoned */
    uint64_t vfork_depth;             /* open calls when the thread last called vfork() */
    struct cinstr_place **vfork_slot; /* cinstr1_slot then */
    uint32_t next_place, end_place;   /* rest of the current chunk of places */
    uint32_t first_chunk, last_chunk;
    struct segment_node *void_parent; /* where a call was made that leads to no place */
    struct jumps *jumps;              /* open setjmp's, see jumps.c */
    uint64_t *trace;                  /* its ring; NULL: none */
    uint64_t trace_time;              /* ticks of the last event */
    uint64_t trace_gap;               /* events lost since then */
} __attribute__((aligned(64)));

/* timing=adaptive, in a node's `writer`: it is timed on one call in 2^shift; see adaptive.c. */
#define LANE_SHIFT_BITS 8
#define LANE_SHIFT_MASK ((1u << LANE_SHIFT_BITS) - 1)
#define LANE_NEVER      31u /* timing=count: never */

/* What a lane's next slow hook has to do. */
enum lane_pending {
    LANE_PENDING_LOOP = 1,     /* time the hooks in a loop */
    LANE_PENDING_DEFERRED = 2, /* charge deferred_ticks */
};

/* After an exit whose time stamp has these bits 0 the hooks are timed in a loop: about one in
 * 65,536, whatever the program does (see hook_loop.c). */
#define LANE_LOOP_MASK (UINT64_C(0xffff) << 6)

/* The thread's current lane; the sentinel (all zero: always slow) before the first hook. */
#pragma GCC visibility push(default) /* reached from the hooks in other modules */
extern __thread struct lane *cinstr1_self __attribute__((tls_model("initial-exec")));
#pragma GCC visibility pop

#define HOT         __attribute__((hot))
#define SLOW        __attribute__((noinline, cold))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Keeps the compiler from moving memory accesses across; signals arrive on the same thread. */
#define SIGNAL_FENCE() __asm__ volatile("" ::: "memory")

struct cinstr_place;

/* Values of module_hooks.is_mixed: hooks time every call; a share of them, or none. */
enum { MIXED_EXACT = 1, MIXED_SHARE };

/* Every module's hooks.o registers itself; the address of this is in the module. */
struct module_hooks {
    uint64_t exact_tag;    /* the tag, where every call is timed, else 0 */
    uint64_t adaptive_tag; /* the tag, where a share is */
    uint64_t tag;          /* generation << SEGMENT_ADDRESS_BITS; 0: nothing is recorded */
    uint64_t early_calls;  /* entries meanwhile */
    uint64_t is_shared; /* exported by the recorder for modules that have no hooks of their own */
    uint64_t is_mixed;  /* on, and calls go by slots as well: the first two are 0 then */
    /* The hooks themselves, which hook_loop.c times; all but the first NULL where none is linked. */
    void (*enter)(void *, void *), (*exit)(void *, void *);
    void (*count_enter)(void *, void *), (*count_exit)(void *, void *);
    uint64_t (*begin_call)(struct cinstr_place *, struct cinstr_place **);
    void (*end_call)(uint64_t);
    uint64_t given_tag; /* what `tag` is while the hooks are on */
    struct module_hooks *next;
};

#pragma GCC visibility push(default)
/* The slow path. `function` is a function word; `sp` the caller's stack pointer. */
void cinstr_slow_enter(uint64_t function, uint64_t call_site, uintptr_t sp);
void cinstr_slow_count(uint64_t function, uint64_t call_site, uintptr_t sp, int is_leaf);
void cinstr_slow_exit(uint64_t function, uint64_t call_site, uintptr_t sp, uint64_t now);
void cinstr_slow_instructions(uintptr_t sp, uint64_t count);
struct cinstr_place *cinstr_slow_place(uint64_t function, uint64_t call_site, uint64_t slots,
                                       uintptr_t sp);
/* The place of a call that comes before the recorder is up. */
struct cinstr_place *cinstr_early_place(void);
uint64_t cinstr_slow_begin(struct cinstr_place *place, struct cinstr_place **slot, uintptr_t sp);
void cinstr_slow_end(struct cinstr_place **slot, uintptr_t sp, uint64_t now);
void cinstr_adaptive_exit(struct lane *lane, const struct segment_frame *top, uint64_t ticks);
void cinstr_drawn_end(struct lane *lane, const struct segment_frame *top, uint64_t ticks);
void cinstr_loop_next(struct lane *lane);
/* The thread was switched before the entry on top read the clock; within hook_begin(). */
void cinstr_switched(struct lane *lane);
void cinstr_module_register(struct module_hooks *module);
void cinstr_module_gone(struct module_hooks *module);
#pragma GCC visibility pop

/* Begins a change of the lane. A handler that interrupts it gets a lane of its own. */
static inline void hook_begin(struct lane *lane, uintptr_t sp) {
    lane->span = lane->high - sp;
    SIGNAL_FENCE();
}

/* Sends the lane's next hook to the slow path. Other threads may do so, too. */
static inline void lane_wake(struct lane *lane) {
    __atomic_store_n(&lane->full, 0, __ATOMIC_SEQ_CST);
}

/* A hook of this lane is under way and was interrupted. */
static inline bool lane_in_hook(const struct lane *lane) {
    return lane->span != 0 && lane->span != lane->bound;
}

static inline struct segment_node *node_at(const struct lane *lane, uint32_t offset) {
    return (struct segment_node *)(lane->nodes + offset);
}

static inline uint32_t node_offset(const struct lane *lane, const struct segment_node *node) {
    return (uint32_t)((const char *)node - lane->nodes);
}

/* Ends a call that was counted and not timed, and so is part of its caller's self time. The time of
 * its timed callees was subtracted from its own self time: it is subtracted from its caller's
 * instead. */
static inline void node_give_time(struct segment_node *node, struct segment_node *caller) {
    const uint64_t self = node->self;
    node->self = 0;
    caller->self += self;
}

#endif
