/* SPDX-License-Identifier: MIT */
/*
 * Writes one random program that counts its own call edges, for tests/e2e/truth.sh:
 *     generate SEED [--lang c|c++] [--functions N] [--calls N] [--with A,B] [--without A,B]
 *              [--only A,B]
 * The same arguments give the same program. It must be linked with truth.c; see truth.h.
 */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const feature_names[FEATURE_COUNT] = {
    "recursion", "jumps",     "exceptions", "frames",   "inlining",
    "indirect",  "callbacks", "signals",    "altstack", "coroutines",
    "threads",   "exits",     "cancel",     "startup",  "async"};

const char *const extra_names[EXTRA_COUNT] = {
    "main", "c0",     "h0",      "h1",      "h2",      "k0",     "k1",   "t0", "j0",
    "x0",   "D0::D0", "D0::~D0", "V0::run", "V1::run", "begin0", "end0", "a0"};

static void die(const char *what, const char *detail) {
    fprintf(stderr, "generate: %s '%s'\n", what, detail);
    exit(2);
}

static void features_set(struct program *program, const char *list, bool value) {
    char copy[256], *rest = copy;
    if (snprintf(copy, sizeof(copy), "%s", list) >= (int)sizeof(copy))
        die("list too long", list);
    for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        int which = 0;
        while (which < FEATURE_COUNT && strcmp(feature_names[which], name))
            which++;
        if (which == FEATURE_COUNT)
            die("no such ingredient", name);
        program->features[which] = value;
    }
}

static long number_parse(const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < 0)
        die("not a number", text);
    return value;
}

static void options_parse(struct program *program, int argc, char **argv) {
    if (argc < 2)
        die("usage: generate SEED [--lang c|c++] [--with|--without|--only LIST]", "");
    program->seed = program->random = (uint64_t)number_parse(argv[1]);
    program->function_count = 20 + (int)program_random(program, 40);
    program->calls = 250000;
    for (int i = 0; i < FEATURE_COUNT; i++)
        program->features[i] = i != FEATURE_ASYNC;
    for (int i = 2; i < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!value)
            die("no value for", name);
        if (!strcmp(name, "--lang"))
            program->is_cxx = !strcmp(value, "c++");
        else if (!strcmp(name, "--functions"))
            program->function_count = (int)number_parse(value);
        else if (!strcmp(name, "--calls"))
            program->calls = number_parse(value);
        else if (!strcmp(name, "--with") || !strcmp(name, "--without"))
            features_set(program, value, !strcmp(name, "--with"));
        else if (!strcmp(name, "--only")) {
            memset(program->features, 0, sizeof(program->features));
            features_set(program, value, true);
        } else
            die("unknown option", name);
    }
    if (program->function_count < 8 || program->function_count > FUNCTION_MAX)
        die("--functions must be 8..60, not", "that");
    if (!program->is_cxx)
        program->features[FEATURE_EXCEPTIONS] = false;
}

static void functions_choose(struct program *program) {
    static const enum inlining choices[] = {INLINE_NEVER,  INLINE_NEVER, INLINE_NEVER,
                                            INLINE_STATIC, INLINE_HINT,  INLINE_ALWAYS,
                                            INLINE_STATIC};
    for (int i = 0; i < program->function_count; i++) {
        struct function *one = &program->functions[i];
        one->inlining = program->features[FEATURE_INLINING] ? choices[program_random(program, 7)]
                                                            : INLINE_NEVER;
        one->is_void = i > 4 && program_random(program, 4) == 0;
    }
    for (int table = 0; table < TABLE_MAX; table++)
        for (int slot = 0; slot < TABLE_SIZE; slot++) {
            int target;
            do
                target = (int)program_random(program, (uint32_t)program->function_count);
            while (program->functions[target].is_void);
            program->tables[table][slot] = target;
        }
    program->thread_count =
        program->features[FEATURE_THREADS] ? 1 + (int)program_random(program, 4) : 0;
}

static const char *attributes(struct program *program, int i) {
    static const char *const texts[] = {"static __attribute__((noinline))", "static",
                                        "static inline",
                                        "static inline __attribute__((always_inline))"};
    enum inlining inlining = program->functions[i].inlining;
    return inlining == INLINE_NEVER && i % 2 ? "__attribute__((noinline))" : texts[inlining];
}

static void declarations_write(struct program *program) {
    bool is_cxx = program->is_cxx;
    printf("/* truth program %llu */\n", (unsigned long long)program->seed);
    printf("#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n#include \"truth.h\"\n"
           "#include <pthread.h>\n#include <stdlib.h>\n");
    if (is_cxx)
        printf("#include <cxxabi.h>\n"
               "struct E0 { int value; };\nstruct E1 { int value; };\n"
               "struct D0 { int caller, depth; D0(int c, int d); ~D0(); };\n"
               "struct V0 { virtual int run(int d); };\n"
               "struct V1 : V0 { int run(int d) override; };\n"
               "static V0 object0;\nstatic V1 object1;\n"
               "static V0 *const objects[2] = {&object0, &object1};\nextern \"C\" {\n");
    for (int i = 0; i < program->function_count; i++)
        printf("%s %s f%d(int d);\n", attributes(program, i),
               program->functions[i].is_void ? "void" : "int", i);
    printf("static int c0(const void *, const void *);\nstatic void k0(void);\n"
           "static void k1(void);\n"
           "static __attribute__((noinline, noreturn)) void j0(struct truth_jump *, int);\n");
    if (is_cxx)
        printf("static __attribute__((noinline, noreturn)) void x0(int, int);\n");
    for (int table = 0; table < TABLE_MAX; table++) {
        int *slots = program->tables[table];
        printf("static int (*volatile table%d[4])(int) = {f%d, f%d, f%d, f%d};\n"
               "static const int table%d_ids[4] = {%d, %d, %d, %d};\n",
               table, slots[0], slots[1], slots[2], slots[3], table, slots[0], slots[1], slots[2],
               slots[3]);
    }
    printf("extern const int truth_count = %d;\n"
           "extern const char *const truth_names[] = {",
           program->function_count + EXTRA_COUNT);
    for (int i = 0; i < program->function_count; i++)
        printf("\"f%d\", ", i);
    for (int i = 0; i < EXTRA_COUNT; i++)
        printf("\"%s\"%s", extra_names[i], i + 1 < EXTRA_COUNT ? ", " : "};\n\n");
}

static void function_write(struct program *program, int i) {
    struct function *one = &program->functions[i];
    bool is_always = one->inlining == INLINE_ALWAYS;
    struct scope scope = {.program = program, .id = i, .is_always = is_always};
    scope.has_jumps = !is_always && program->features[FEATURE_JUMPS] && program_random(program, 2);
    printf("%s %s f%d(int d)\n{\n    TRUTH_ENTER(%d, d, %s);\n    %sint r = %d;\n",
           attributes(program, i), one->is_void ? "void" : "int", i, i, one->is_void ? "" : "0",
           scope.has_jumps ? "volatile " : "", i);
    statements_write(&scope, is_always ? 2 : 3 + (int)program_random(program, 4));
    printf("    truth_self->sum += (uint64_t)r;\n");
    /* a call in tail position, so that the exit hook is what follows it */
    if (one->is_void)
        call_any_write(&scope);
    else
        printf("    return r;\n");
    printf("}\n\n");
}

/* A function outside f0..fN-1: `head` up to its body, statements, `tail`. */
static void extra_write(struct program *program, enum extra extra, const char *head,
                        const char *tail, bool is_plain, int count) {
    struct scope scope = {.program = program, .id = extra_id(program, extra), .is_plain = is_plain};
    printf(head, scope.id, scope.id, scope.id);
    statements_write(&scope, count);
    printf("    truth_self->sum += (uint64_t)r;\n%s}\n\n", tail);
}

static void handlers_write(struct program *program) {
    const char *text = "    (void)number; TRUTH_ENTER(%d, 1, );\n"
                       "    struct truth_state saved; truth_handler_open(&saved);\n"
                       "    int r = 0; const int d = truth_self->state.callback_depth;\n";
    char head[512];
    snprintf(head, sizeof(head), "static void h0(int number)\n{\n%s", text);
    extra_write(program, EXTRA_HANDLER, head, "    truth_self->state = saved;\n", false, 3);
    snprintf(head, sizeof(head), "static void h1(int number)\n{\n%s", text);
    extra_write(program, EXTRA_ALTERNATE, head, "    truth_self->state = saved;\n", false, 3);
    extra_write(program, EXTRA_ASYNC,
                "static void h2(int number)\n{\n"
                "    (void)number; TRUTH_EDGE(TRUTH_ANYWHERE, %d);\n"
                "    struct truth_interruption saved; truth_interruption_open(&saved);\n"
                "    (void)__atomic_fetch_add(&truth_self->entries[%d], 1, __ATOMIC_RELAXED);\n"
                "    int r = 0; const int d = truth_self->state.callback_depth;\n",
                "    truth_interruption_close(&saved);\n", true, 2);
}

static void callbacks_write(struct program *program) {
    const char *coroutine = "    TRUTH_ENTER(%d, 1, );\n"
                            "    int r = 0; const int d = truth_self->state.callback_depth;\n";
    char head[512];
    extra_write(program, EXTRA_COMPARE,
                "static int c0(const void *a, const void *b)\n{\n"
                "    TRUTH_EDGE(truth_self->state.callback_caller, %d);\n"
                "    const int d = truth_self->state.callback_depth;\n"
                "    int r = 0, order = *(const int *)a - *(const int *)b;\n"
                "    TRUTH_ENTER(%d, d, order);\n",
                "    return order;\n", false, 1);
    snprintf(head, sizeof(head), "static void k0(void)\n{\n%s", coroutine);
    extra_write(program, EXTRA_COROUTINE0, head, "", false, 4);
    snprintf(head, sizeof(head), "static void k1(void)\n{\n%s", coroutine);
    extra_write(program, EXTRA_COROUTINE1, head, "", false, 6);
    extra_write(program, EXTRA_JUMPER,
                "static void j0(struct truth_jump *target, int d)\n{\n"
                "    (void)__atomic_fetch_add(&truth_self->entries[%d], 1, __ATOMIC_RELAXED);\n"
                "    int r = d;\n",
                "    longjmp(target->env, 1);\n", true, 1);
}

static void classes_write(struct program *program) {
    extra_write(program, EXTRA_THROWER,
                "static void x0(int d, int type)\n{\n    int r = d;\n"
                "    (void)__atomic_fetch_add(&truth_self->entries[%d], 1, __ATOMIC_RELAXED);\n",
                "    truth_self->thrown = type; if (type) throw E1{d}; throw E0{d};\n", true, 1);
    printf("}\n"); /* extern "C" */
    extra_write(program, EXTRA_CONSTRUCT,
                "D0::D0(int c, int d) : caller(c), depth(d)\n{\n    TRUTH_ENTER(%d, d, );\n"
                "    int r = 0;\n",
                "", false, 1);
    extra_write(program, EXTRA_DESTROY,
                "D0::~D0()\n{\n    TRUTH_EDGE(caller, %d);\n    const int d = depth;\n"
                "    TRUTH_ENTER(%d, d, );\n"
                "    int r = 0, thrown = truth_self->thrown;\n"
                "    const struct truth_state saved = truth_self->state;\n"
                "    truth_barrier(); truth_self->state.no_switch = 1;\n",
                "    truth_self->state = saved; truth_self->thrown = thrown;\n", false, 2);
    extra_write(program, EXTRA_VIRTUAL0,
                "int V0::run(int d)\n{\n    TRUTH_ENTER(%d, d, 0);\n    int r = 1;\n",
                "    return r;\n", false, 2);
    extra_write(program, EXTRA_VIRTUAL1,
                "int V1::run(int d)\n{\n    TRUTH_ENTER(%d, d, 0);\n    int r = 2;\n",
                "    return r;\n", false, 2);
    printf("extern \"C\" {\n");
}

static void startup_write(struct program *program) {
    const char *text = "    int r = 0; const int d = 5;\n    truth_phase_begin(%llu);\n"
                       "    TRUTH_EDGE(%s, %%d); TRUTH_ENTER(%%d, 1, );\n";
    char head[512], body[384];
    snprintf(body, sizeof(body), text, (unsigned long long)program->seed, "TRUTH_OUTSIDE");
    snprintf(head, sizeof(head), "__attribute__((constructor)) static void begin0(void)\n{\n%s",
             body);
    extra_write(program, EXTRA_BEGIN, head, "", true, 2);
    snprintf(body, sizeof(body), text, (unsigned long long)program->seed, "truth_exit_caller");
    snprintf(head, sizeof(head), "__attribute__((destructor)) static void end0(void)\n{\n%s", body);
    extra_write(program, EXTRA_END, head, "", true, 2);
    snprintf(head, sizeof(head), "static void a0(void)\n{\n%s", body);
    extra_write(program, EXTRA_ATEXIT, head, "", true, 2);
}

static void loop_write(struct scope *scope) {
    printf("    for (int d; (d = (int)truth_fuel_next()) > 0;) {\n");
    scope->level = 1;
    for (int i = 0; i < 3; i++)
        call_any_write(scope);
    scope->level = 0;
    printf("    truth_self->sum += (uint64_t)r;\n    }\n");
}

static void main_setup_write(struct program *program, long share) {
    bool is_async = program->features[FEATURE_ASYNC];
    int id = extra_id(program, EXTRA_MAIN);
    printf("int main(void)\n{\n    int r = 0;\n"
           "    truth_handler_install(SIGUSR1, h0, 0);\n"
           "    truth_handler_install(SIGUSR2, h1, 1);\n"
           "    truth_async_install(h2, 1);\n"
           "    truth_main_begin(%ld, %llu, %d);\n"
           "    TRUTH_EDGE(TRUTH_OUTSIDE, %d);\n"
           "    (void)__atomic_fetch_add(&truth_self->entries[%d], 1, __ATOMIC_RELAXED);\n",
           share, (unsigned long long)program->seed, is_async ? 53 : 0, id, id);
    if (program->features[FEATURE_STARTUP])
        printf("    atexit(a0);\n");
    for (int i = 1; i <= program->thread_count; i++)
        printf("    truth_thread_start(%d, t0, %d, %ld);\n", i, extra_id(program, EXTRA_WORKER),
               share);
}

static void main_write(struct program *program) {
    struct scope scope = {.program = program, .id = extra_id(program, EXTRA_WORKER)};
    long share = program->calls / (program->thread_count + 1);
    printf("static void *t0(void *argument)\n{\n    int r = 0; truth_thread_begin(argument);\n"
           "    (void)__atomic_fetch_add(&truth_self->entries[%d], 1, __ATOMIC_RELAXED);\n",
           scope.id);
    loop_write(&scope);
    printf("    return 0;\n}\n\n");
    scope.id = extra_id(program, EXTRA_MAIN);
    main_setup_write(program, share);
    loop_write(&scope);
    printf("    truth_threads_join();\n");
    if (program->features[FEATURE_EXITS] && program_random(program, 2)) {
        printf("    truth_self->may_finish = 1; truth_fuel_set(2000);\n");
        loop_write(&scope);
    }
    printf("    return 0;\n}\n%s", program->is_cxx ? "}\n" : "");
}

int main(int argc, char **argv) {
    struct program program = {0};
    options_parse(&program, argc, argv);
    functions_choose(&program);
    declarations_write(&program);
    for (int i = 0; i < program.function_count; i++)
        function_write(&program, i);
    handlers_write(&program);
    callbacks_write(&program);
    if (program.is_cxx)
        classes_write(&program);
    if (program.features[FEATURE_STARTUP])
        startup_write(&program);
    main_write(&program);
    return fflush(stdout) || ferror(stdout);
}
