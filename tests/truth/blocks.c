/* SPDX-License-Identifier: MIT */
/*
 * The truth generator's statements that hold others: loops, setjmp with its landing, try with its
 * handlers, scopes with a destructor. Called by statements.c. Each block puts the program's own
 * state back on every way out, so that no jump or throw is ever without a target.
 */
#include "program.h"

#include <stdio.h>

static void body_write(struct scope *scope, int count) {
    scope->level++;
    statements_write(scope, count);
    scope->level--;
}

void block_loop_write(struct scope *scope) {
    struct program *program = scope->program;
    int label = program->labels++;
    indent_write(scope, 0);
    printf("for (volatile int i%d = 0; i%d < %u; i%d++) {\n", label, label,
           2 + program_random(program, 2), label);
    body_write(scope, 1);
    indent_write(scope, 0);
    printf("}\n");
}

void block_jump_write(struct scope *scope) {
    static const char *const flavours[] = {"setjmp(%s)", "_setjmp(%s)", "sigsetjmp(%s, 0)",
                                           "sigsetjmp(%s, 1)"};
    struct program *program = scope->program;
    int label = program->labels++;
    char env[32];
    snprintf(env, sizeof(env), "jump%d.env", label);
    indent_write(scope, 0);
    printf("{ struct truth_jump jump%d; truth_jump_open(&jump%d);\n", label, label);
    indent_write(scope, 0);
    printf("if (");
    printf(flavours[program_random(program, 4)], env);
    printf(" == 0) {\n");
    body_write(scope, 2 + (int)program_random(program, 2));
    indent_write(scope, 0);
    printf("} else { truth_jump_land(&jump%d);\n", label);
    body_write(scope, 1 + (int)program_random(program, 2));
    indent_write(scope, 0);
    printf("} truth_self->state = jump%d.saved; }\n", label);
}

static void catch_body_write(struct scope *scope, int label, const char *type) {
    indent_write(scope, 1);
    printf("int type%d = %s; truth_self->state = saved%d; truth_self->state.no_switch = 1; "
           "truth_self->state.catches++;\n",
           label, type, label);
    body_write(scope, 1);
    indent_write(scope, 1);
    printf("if (truth_may_throw(type%d) && truth_chance(3)) { truth_self->thrown = type%d; "
           "throw; }\n",
           label, label);
}

void block_try_write(struct scope *scope) {
    struct program *program = scope->program;
    int label = program->labels++;
    uint32_t which = program_random(program, 3); /* type 0, type 1, anything */
    indent_write(scope, 0);
    printf("{ const struct truth_state saved%d = truth_self->state;\n", label);
    indent_write(scope, 0);
    printf("try {");
    for (uint32_t type = 0; type < 2; type++)
        if (which == type || which == 2)
            printf(" truth_self->state.tries[%u]++;", type);
    printf("\n");
    body_write(scope, 2 + (int)program_random(program, 2));
    indent_write(scope, 0);
    if (which < 2) {
        char type[4];
        snprintf(type, sizeof(type), "%u", which);
        printf("} catch (const E%u &e) { r += e.value;\n", which);
        catch_body_write(scope, label, type);
    } else {
        /* pthread_exit unwinds by an exception that must be passed on */
        printf("} catch (abi::__forced_unwind &) { throw;\n");
        indent_write(scope, 0);
        printf("} catch (...) {\n");
        catch_body_write(scope, label, "truth_self->thrown");
    }
    indent_write(scope, 0);
    printf("}\n");
    indent_write(scope, 0);
    printf("truth_self->state = saved%d; }\n", label);
}

void block_object_write(struct scope *scope) {
    struct program *program = scope->program;
    int label = program->labels++;
    indent_write(scope, 0);
    printf("{ TRUTH_EDGE(%d, %d); D0 object%d(%d, d - 1);\n", scope->id,
           extra_id(program, EXTRA_CONSTRUCT), label, scope->id);
    body_write(scope, 1 + (int)program_random(program, 2));
    indent_write(scope, 0);
    printf("r += object%d.depth; }\n", label);
}
