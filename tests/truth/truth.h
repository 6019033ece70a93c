/* SPDX-License-Identifier: MIT */
/*
 * What a generated truth program uses to count its own call edges: included by every program
 * that `generate` writes, in C and in C++, and implemented in truth.c. Nothing here is ever
 * instrumented, and nothing here may call an instrumented function except through the callbacks
 * that it is handed; otherwise the truth would disturb what it measures.
 */
#ifndef TRUTH_H
#define TRUTH_H

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#define TRUTH_QUIET      __attribute__((no_instrument_function))
#define TRUTH_MAX        160 /* functions in one program */
#define TRUTH_OUTSIDE    160 /* row: called from no instrumented function */
#define TRUTH_ANYWHERE   161 /* row: entered asynchronously, whatever ran */
#define TRUTH_ROWS       162
#define TRUTH_THREADS    8
#define TRUTH_COROUTINES 4

#ifdef __cplusplus
extern "C" {
#endif

struct truth_jump;

/* What a jump or a caught exception has to put back. Each coroutine has one of its own. */
struct truth_state {
    struct truth_jump *jump; /* innermost live setjmp */
    int tries[2];            /* enclosing try blocks that catch exception type 0, 1 */
    int callback_caller;     /* who called the uninstrumented function whose callback runs */
    int callback_depth;      /* depth allowance for that callback */
    int catches;             /* catch bodies that we are in */
    int handlers;            /* signal handlers below us */
    int no_switch;           /* swapcontext would be unsound here */
    int no_exit;             /* pthread_exit or exit would be unsound here */
    int is_async;            /* only async-signal-safe work is allowed */
};

struct truth_jump {
    sigjmp_buf env;
    struct truth_state saved; /* state before this setjmp */
    int returns;
};

struct truth_coroutine {
    ucontext_t self, resumer;
    struct truth_state state;
    struct truth_coroutine *outer; /* who resumed us, NULL for the thread itself */
    char *stack;
    int is_started, is_active;
};

struct truth_thread {
    uint64_t edges[TRUTH_ROWS][TRUTH_MAX];
    uint64_t entries[TRUTH_MAX];
    uint64_t random;
    int64_t fuel;      /* calls left in this slice */
    int64_t fuel_left; /* calls left after it */
    uint64_t sum;      /* of all results: the same under every compiler */
    struct truth_state state;
    struct truth_coroutine coroutines[TRUTH_COROUTINES];
    struct truth_coroutine *coroutine; /* running now, NULL on the thread's own stack */
    int thrown;                        /* type of the exception last thrown */
    int left_catches;                  /* jumps out of catch bodies: their exceptions stay caught */
    int is_worker, may_finish;
};

/* What an asynchronous handler saves and puts back. */
struct truth_interruption {
    struct truth_state state;
    uint64_t random, sum;
    int64_t fuel;
    int thrown;
};

extern __thread struct truth_thread *truth_self;
extern const char *const truth_names[]; /* in the generated program */
extern const int truth_count;
extern int truth_exit_caller; /* who called exit(), TRUTH_OUTSIDE if main returned */

/* Relaxed atomics: an asynchronous handler may come between load and store. */
#define TRUTH_EDGE(caller, callee)                                                                 \
    ((void)__atomic_fetch_add(&truth_self->edges[caller][callee], 1, __ATOMIC_RELAXED))

/* First statement of every generated function: counts the entry, leaves when the budget is spent.
 */
#define TRUTH_ENTER(id, depth, result)                                                             \
    do {                                                                                           \
        (void)__atomic_fetch_add(&truth_self->entries[id], 1, __ATOMIC_RELAXED);                   \
        if ((depth) <= 0 || truth_self->fuel <= 0)                                                 \
            return result;                                                                         \
        truth_self->fuel--;                                                                        \
    } while (0)

TRUTH_QUIET static inline uint32_t truth_random(uint32_t below) {
    uint64_t x = truth_self->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    truth_self->random = x;
    return (uint32_t)(x >> 33) % below;
}

/* True once in `in` times. */
TRUTH_QUIET static inline int truth_chance(uint32_t in) {
    return truth_random(in) == 0;
}

TRUTH_QUIET static inline int truth_may_signal(void) {
    return truth_self->state.handlers < 3 && truth_self->fuel > 0 && !truth_self->state.is_async;
}

TRUTH_QUIET static inline int truth_may_throw(int type) {
    return truth_self->state.tries[type] > 0 && !truth_self->state.is_async;
}

/* Nothing thrown or jumped inside may leave the frame that calls this. */
TRUTH_QUIET static inline void truth_barrier(void) {
    truth_self->state.jump = 0;
    truth_self->state.tries[0] = truth_self->state.tries[1] = 0;
    truth_self->state.no_exit = 1;
}

TRUTH_QUIET static inline void truth_jump_open(struct truth_jump *jump) {
    jump->saved = truth_self->state;
    jump->returns = 0;
    truth_self->state.jump = jump;
}

TRUTH_QUIET static inline void truth_jump_land(struct truth_jump *jump) {
    truth_self->state = jump->saved;
    truth_self->state.jump = jump->returns < 3 ? jump : jump->saved.jump;
    jump->returns++;
}

struct truth_jump *truth_jump_choose(void);
int truth_may_exit(void);
int truth_may_finish(int caller);

void truth_phase_begin(uint64_t seed);
void truth_main_begin(int64_t calls, uint64_t seed, int async_us);
int64_t truth_fuel_next(void);
void truth_fuel_set(int64_t calls);
void truth_thread_start(int index, void *(*start)(void *), int id, int64_t calls);
void truth_thread_begin(void *argument);
void truth_threads_join(void);

void truth_handler_install(int number, void (*handler)(int), int on_altstack);
void truth_handler_open(struct truth_state *saved);
void truth_interruption_open(struct truth_interruption *saved);
void truth_interruption_close(const struct truth_interruption *saved);
void truth_async_install(void (*handler)(int), int on_altstack);

void truth_sort(int (*compare)(const void *, const void *), int caller, int depth);
void truth_search(int (*compare)(const void *, const void *), int caller, int depth);
int truth_call_through(int (*function)(int), int depth);
void truth_coroutine_run(void (*entry)(void), int id);
void truth_coroutine_yield(void);

#ifdef __cplusplus
}
#endif
#endif
