/* SPDX-License-Identifier: MIT */
/*
 * The random program being written: shared by the parts of the generator. generate.c decides what
 * functions there are and writes their frames, statements.c fills their bodies, blocks.c writes
 * the statements that hold other statements. Everything goes to standard output.
 */
#ifndef TRUTH_PROGRAM_H
#define TRUTH_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

enum feature {
    FEATURE_RECURSION,
    FEATURE_JUMPS,
    FEATURE_EXCEPTIONS,
    FEATURE_FRAMES,
    FEATURE_INLINING,
    FEATURE_INDIRECT,
    FEATURE_CALLBACKS,
    FEATURE_SIGNALS,
    FEATURE_ALTSTACK,
    FEATURE_COROUTINES,
    FEATURE_THREADS,
    FEATURE_EXITS,
    FEATURE_CANCEL,
    FEATURE_STARTUP,
    FEATURE_ASYNC,
    FEATURE_COUNT
};

enum inlining { INLINE_NEVER, INLINE_STATIC, INLINE_HINT, INLINE_ALWAYS };

enum { FUNCTION_MAX = 60, TABLE_MAX = 6, TABLE_SIZE = 4 };

struct function {
    enum inlining inlining;
    bool is_void;
};

struct program {
    uint64_t seed, random;
    bool is_cxx;
    bool features[FEATURE_COUNT];
    int function_count;
    struct function functions[FUNCTION_MAX];
    int tables[TABLE_MAX][TABLE_SIZE]; /* indirect call targets, all returning int */
    int thread_count;
    long calls;
    int labels; /* for unique local names */
};

/* Functions that are not f0..fN-1 have identities after those. */
enum extra {
    EXTRA_MAIN,
    EXTRA_COMPARE,   /* called back by qsort and bsearch */
    EXTRA_HANDLER,   /* SIGUSR1, on whatever stack is current */
    EXTRA_ALTERNATE, /* SIGUSR2, on the alternate stack */
    EXTRA_ASYNC,     /* timer */
    EXTRA_COROUTINE0,
    EXTRA_COROUTINE1,
    EXTRA_WORKER,
    EXTRA_JUMPER,  /* noreturn: longjmp */
    EXTRA_THROWER, /* noreturn: throw */
    EXTRA_CONSTRUCT,
    EXTRA_DESTROY,
    EXTRA_VIRTUAL0,
    EXTRA_VIRTUAL1,
    EXTRA_BEGIN, /* constructor function */
    EXTRA_END,   /* destructor function */
    EXTRA_ATEXIT,
    EXTRA_COUNT
};

extern const char *const extra_names[EXTRA_COUNT];

/* The function whose body is being written. */
struct scope {
    struct program *program;
    int id;
    int level;      /* nesting of blocks */
    bool is_always; /* always_inline: only simple statements */
    bool has_jumps; /* calls setjmp: its result variable is volatile */
    bool is_plain;  /* asynchronous handler, start and end: async-signal-safe statements only */
};

uint32_t program_random(struct program *program, uint32_t below);
int extra_id(const struct program *program, enum extra extra);

void statements_write(struct scope *scope, int count);
void call_write(struct scope *scope, int callee);
void call_any_write(struct scope *scope);

void block_jump_write(struct scope *scope);
void block_try_write(struct scope *scope);
void block_object_write(struct scope *scope);
void block_loop_write(struct scope *scope);

void indent_write(const struct scope *scope, int more);

#endif
