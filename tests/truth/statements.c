/* SPDX-License-Identifier: MIT */
/*
 * The truth generator's simple statements: one line of generated C each, or nearly. Called by
 * generate.c and blocks.c. Every call that is written here counts its own edge first.
 */
#include "program.h"

#include <stdio.h>

uint32_t program_random(struct program *program, uint32_t below) {
    program->random += 0x9E3779B97F4A7C15u;
    uint64_t x = program->random;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((x ^ (x >> 31)) >> 33) % below;
}

int extra_id(const struct program *program, enum extra extra) {
    return program->function_count + (int)extra;
}

void indent_write(const struct scope *scope, int more) {
    for (int i = 0; i < 4 * (1 + scope->level + more); i++)
        putchar(' ');
}

void call_write(struct scope *scope, int callee) {
    struct program *program = scope->program;
    int step = 1 + (int)program_random(program, 3);
    bool is_void = program->functions[callee].is_void;
    indent_write(scope, 0);
    printf("TRUTH_EDGE(%d, %d); %sf%d(d - %d);\n", scope->id, callee,
           is_void ? "" : "r += ", callee, step);
}

/* An always_inline function may call only functions that are not, or inlining has no end. */
static int callee_choose(struct scope *scope) {
    struct program *program = scope->program;
    bool recursion = program->features[FEATURE_RECURSION];
    for (;;) {
        uint32_t count = (uint32_t)program->function_count;
        bool is_extra = scope->id >= program->function_count;
        int callee = (int)program_random(program, count);
        if (!recursion && !is_extra && callee <= scope->id) {
            if (scope->id >= program->function_count - 3)
                return -1;
            continue;
        }
        if (scope->is_always && program->functions[callee].inlining == INLINE_ALWAYS)
            continue;
        return callee;
    }
}

void call_any_write(struct scope *scope) {
    int callee = callee_choose(scope);
    if (callee < 0) {
        indent_write(scope, 0);
        printf("r += (int)truth_random(9);\n");
        return;
    }
    call_write(scope, callee);
}

static void self_call_write(struct scope *scope) {
    if (!scope->program->features[FEATURE_RECURSION] || scope->is_always ||
        scope->id >= scope->program->function_count) {
        call_any_write(scope);
        return;
    }
    call_write(scope, scope->id);
}

static void indirect_write(struct scope *scope) {
    struct program *program = scope->program;
    int table = (int)program_random(program, TABLE_MAX);
    if (program->is_cxx && program_random(program, 3) == 0) {
        indent_write(scope, 0);
        printf("{ int k = (int)truth_random(2); TRUTH_EDGE(%d, k ? %d : %d); "
               "r += objects[k]->run(d - 1); }\n",
               scope->id, extra_id(program, EXTRA_VIRTUAL1), extra_id(program, EXTRA_VIRTUAL0));
        return;
    }
    indent_write(scope, 0);
    printf("{ int k = (int)truth_random(%d); TRUTH_EDGE(%d, table%d_ids[k]); "
           "r += table%d[k](d - 2); }\n",
           TABLE_SIZE, scope->id, table, table);
}

static void callback_write(struct scope *scope) {
    struct program *program = scope->program;
    int target = program->tables[program_random(program, TABLE_MAX)][0];
    indent_write(scope, 0);
    switch (program_random(program, 3)) {
    case 0:
        printf("truth_sort(c0, %d, d - 1);\n", scope->id);
        break;
    case 1:
        printf("truth_search(c0, %d, d - 1);\n", scope->id);
        break;
    default:
        printf("TRUTH_EDGE(%d, %d); r += truth_call_through(f%d, d - 1);\n", scope->id, target,
               target);
        break;
    }
}

/* A frame whose size changes between two calls from it. */
static void frame_write(struct scope *scope) {
    struct program *program = scope->program;
    int label = program->labels++;
    bool is_vla = !program->is_cxx && program_random(program, 2);
    indent_write(scope, 0);
    if (is_vla)
        printf("{ volatile char v%d[16 + truth_random(200)]; v%d[3] = (char)d;\n", label, label);
    else
        printf("{ volatile char *v%d = (volatile char *)__builtin_alloca(16 + truth_random(200)); "
               "v%d[3] = (char)d;\n",
               label, label);
    scope->level++;
    call_any_write(scope);
    scope->level--;
    indent_write(scope, 0);
    printf("r += v%d[3]; }\n", label);
}

static void jump_write(struct scope *scope) {
    static const char *const flavours[] = {"longjmp", "siglongjmp", "_longjmp"};
    struct program *program = scope->program;
    int label = program->labels++;
    indent_write(scope, 0);
    printf("if (truth_chance(12)) { struct truth_jump *to%d = truth_jump_choose(); if (to%d) ",
           label, label);
    if (program_random(program, 3) == 0)
        printf("{ TRUTH_EDGE(%d, %d); j0(to%d, d - 1); } }\n", scope->id,
               extra_id(program, EXTRA_JUMPER), label);
    else
        printf("%s(to%d->env, 1); }\n", flavours[program_random(program, 3)], label);
}

static void throw_write(struct scope *scope) {
    struct program *program = scope->program;
    int type = (int)program_random(program, 2);
    indent_write(scope, 0);
    printf("if (truth_may_throw(%d) && truth_chance(10)) ", type);
    if (program_random(program, 3) == 0)
        printf("{ TRUTH_EDGE(%d, %d); x0(d - 1, %d); }\n", scope->id,
               extra_id(program, EXTRA_THROWER), type);
    else
        printf("{ truth_self->thrown = %d; throw E%d{d}; }\n", type, type);
}

static void raise_write(struct scope *scope) {
    struct program *program = scope->program;
    bool is_alternate = program->features[FEATURE_ALTSTACK] && program_random(program, 2);
    indent_write(scope, 0);
    printf("if (truth_may_signal() && truth_chance(5)) { TRUTH_EDGE(%d, %d); raise(%s); }\n",
           scope->id, extra_id(program, is_alternate ? EXTRA_ALTERNATE : EXTRA_HANDLER),
           is_alternate ? "SIGUSR2" : "SIGUSR1");
}

static void coroutine_write(struct scope *scope) {
    struct program *program = scope->program;
    int which = (int)program_random(program, 2);
    indent_write(scope, 0);
    if (program_random(program, 2))
        printf("if (truth_chance(3)) truth_coroutine_run(k%d, %d);\n", which,
               extra_id(program, which ? EXTRA_COROUTINE1 : EXTRA_COROUTINE0));
    else
        printf("if (truth_chance(2)) truth_coroutine_yield();\n");
}

static void end_write(struct scope *scope) {
    struct program *program = scope->program;
    bool is_cancel = program->features[FEATURE_CANCEL] && program_random(program, 2);
    indent_write(scope, 0);
    if (is_cancel)
        printf("if (truth_may_exit()) { pthread_cancel(pthread_self()); pthread_testcancel(); }\n");
    else
        printf("if (truth_may_exit()) pthread_exit(0);\n");
    indent_write(scope, 0);
    printf("if (truth_may_finish(%d)) exit(0);\n", scope->id);
}

typedef void statement_writer(struct scope *scope);

struct statement {
    statement_writer *write;
    int needs; /* feature, or -1 */
    int weight;
    bool in_always, in_plain, is_block;
};

static const struct statement statements[] = {
    {call_any_write, -1, 9, true, true, false},
    {self_call_write, FEATURE_RECURSION, 2, false, true, false},
    {indirect_write, FEATURE_INDIRECT, 3, true, true, false},
    {callback_write, FEATURE_CALLBACKS, 1, true, false, false},
    {frame_write, FEATURE_FRAMES, 3, false, true, false},
    {jump_write, FEATURE_JUMPS, 3, true, false, false},
    {throw_write, FEATURE_EXCEPTIONS, 4, true, false, false},
    {raise_write, FEATURE_SIGNALS, 2, true, false, false},
    {coroutine_write, FEATURE_COROUTINES, 2, true, false, false},
    {end_write, FEATURE_EXITS, 1, true, false, false},
    {block_loop_write, -1, 1, true, true, true},
    {block_jump_write, FEATURE_JUMPS, 2, false, false, true},
    {block_try_write, FEATURE_EXCEPTIONS, 3, true, false, true},
    {block_object_write, FEATURE_EXCEPTIONS, 2, true, false, true},
};

static const struct statement *statement_choose(struct scope *scope) {
    struct program *program = scope->program;
    for (;;) {
        const struct statement *one =
            &statements[program_random(program, sizeof(statements) / sizeof(statements[0]))];
        if ((int)program_random(program, 10) >= one->weight)
            continue;
        if (one->needs >= 0 && !program->features[one->needs])
            continue;
        if ((scope->is_always && !one->in_always) || (scope->is_plain && !one->in_plain))
            continue;
        if (one->write == block_jump_write && !scope->has_jumps)
            continue;
        if (one->is_block && scope->level >= 2)
            continue;
        return one;
    }
}

void statements_write(struct scope *scope, int count) {
    for (int i = 0; i < count; i++) {
        const struct statement *one = statement_choose(scope);
        if (!one->is_block && program_random(scope->program, 3) == 0) {
            indent_write(scope, 0);
            printf("if (truth_chance(2)) {\n");
            scope->level++;
            one->write(scope);
            scope->level--;
            indent_write(scope, 0);
            printf("}\n");
        } else {
            one->write(scope);
        }
    }
}
