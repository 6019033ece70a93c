/* SPDX-License-Identifier: MIT */
/*
 * Tests that names and lines are what the source says, however it was compiled. The programs carry
 * their own truth: each call notes its line and function before it is made (FIXTURES/said.h).
 */
#include "symbols_build.h"

struct row {
    unsigned long bias, caller, callee, call_site;
    int line;
    char module[256], function[64];
};

struct result {
    int exact, unknown; /* lines */
};

/* Whether the call site lies in the caller, since no compiler inlines the callee. */
static bool is_called_in_place(const char *callee, const char *caller) {
    static const char *const names[] = {"leaf", "rare", "split", "cloned", "quietly"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], callee) == 0)
            return strcmp(caller, "quietly") != 0; /* the function between may have no hooks */
    }
    return false;
}

/* A function of the source's in C++: "int outer::inner::apart<int>(...)". */
static bool is_same_function(const char *name, const char *said) {
    const char *found = strstr(name, said);
    return found != NULL && (found == name || strchr(" :~", found[-1]) != NULL) &&
           (found[strlen(said)] == '\0' || strchr("(<", found[strlen(said)]) != NULL);
}

static void check_row(const struct row *row, struct symbols *symbols, struct result *result) {
    struct symbol caller, callee;
    if (!symbols_function(symbols, 0, row->caller, &caller) ||
        !symbols_function(symbols, 0, row->callee, &callee))
        fail_msg("%s: %s or what it calls is not known", row->function, caller.name);
    if (!is_same_function(caller.name, row->function))
        fail_msg("%s is called %s", row->function, caller.name);
    if (caller.file[0] != '/' || strstr(caller.file, "/" FIXTURES "/") == NULL ||
        access(caller.file, R_OK) != 0 || caller.line <= 0 || caller.line > row->line)
        fail_msg("%s is defined in %s:%ld", caller.name, caller.file, (long)caller.line);

    int64_t line = symbols_line(symbols, 0, row->caller, row->call_site - 1);
    if (line != row->line && (line != 0 || is_called_in_place(callee.name, caller.name)))
        fail_msg("%s calls %s on line %d, not %ld", row->function, callee.name, row->line,
                 (long)line);
    result->exact += line != 0;
    result->unknown += line == 0;
}

/* Runs a program, under `runner` if there is one, and compares. */
static struct result check(const char *runner, const char *program) {
    struct result result = {0, 0};
    struct row row;
    struct symbols *symbols = NULL;
    char path[256] = "";
    FILE *output = run_for_output("cd $D && LD_LIBRARY_PATH=$D %s ./%s", runner, program);
    while (fscanf(output, "%255s %lx %lx %lx %lx %d %63s", row.module, &row.bias, &row.caller,
                  &row.callee, &row.call_site, &row.line, row.function) == 7) {
        if (symbols == NULL) {
            snprintf(path, sizeof(path), "%s",
                     row.module[0] == '-' ? in_directory(program) : row.module);
            struct segment_module module = module_of(path);
            module.bias = row.bias;
            symbols = open_symbols(&module);
        }
        if (row.function[0] != '?')
            check_row(&row, symbols, &result);
    }
    assert_int_equal(pclose(output), 0);
    assert_non_null(symbols);
    assert_null(symbols_complaint(symbols, 0));
    symbols_free(symbols);
    return result;
}

static const char *const compilers[][2] = {
    {"gcc", "g++"}, {"clang-14", "clang++-14"}, {"clang-19", "clang++-19"}};
#define COMPILERS (sizeof(compilers) / sizeof(compilers[0]))

static struct result build_and_check(const char *compiler, const char *flags) {
    if (run("gcc -O1 -c " FIXTURES "/hooks.c -o $D/hooks.o && "
            "%s -g %s -finstrument-functions " FIXTURES "/calls.c $D/hooks.o -o $D/calls",
            compiler, flags) != 0)
        fail_msg("%s %s: cannot build", compiler, flags);
    return check("", "calls");
}

static void every_call_has_its_line_in_unoptimized_code(void **state) {
    (void)state;
    for (size_t i = 0; i < COMPILERS; i++) {
        if (!has_program(compilers[i][0]))
            continue;
        struct result result = build_and_check(compilers[i][0], "-O0");
        /* Two calls are made by an inline function without hooks. */
        assert_int_equal(result.unknown, 2);
        assert_int_equal(result.exact, 61);
    }
}

static void inlined_split_and_cloned_code_belongs_to_its_function(void **state) {
    (void)state;
    static const char *const flags[] = {"-O2 -gdwarf-5", "-O2 -gdwarf-4", "-O3", "-Os"};
    for (size_t i = 0; i < COMPILERS * 4; i++) {
        const char *compiler = compilers[i / 4][0];
        if (!has_program(compiler))
            continue;
        struct result result = build_and_check(compiler, flags[i % 4]);
        assert_true(result.exact >= 55);
    }
    assert_int_equal(run("gcc -O2 -g -finstrument-functions " FIXTURES
                         "/calls.c $D/hooks.o -o $D/calls && nm $D/calls | grep -q 'split.cold'"),
                     0);
}

static void any_kind_of_link_will_do(void **state) {
    (void)state;
    static const char *const flags[] = {
        "-no-pie",
        "-static",
        "-static-pie",
        "-flto",
        "-gz -Wl,--build-id",
        "-ffunction-sections -Wl,--gc-sections",
        "-gsplit-dwarf -dumpdir $D/",
        "-Wl,-z,separate-code -Wl,-Ttext-segment=0x10000000 -no-pie",
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        char line[128];
        snprintf(line, sizeof(line), "-O2 %s", flags[i]);
        assert_true(build_and_check("gcc", line).exact >= 55);
    }
}

static void a_library_is_as_good_as_a_program(void **state) {
    (void)state;
    assert_int_equal(run("gcc -shared -fPIC -O2 -g -finstrument-functions " FIXTURES
                         "/calls.c -o $D/libcalls.so && gcc -O1 " FIXTURES
                         "/hooks.c -rdynamic -L$D -lcalls -o $D/caller"),
                     0);
    assert_true(check("", "caller").exact >= 55);
}

static void members_templates_and_lambdas_have_their_lines(void **state) {
    (void)state;
    static const char *const flags[] = {"-O0", "-O2", "-O3 -gdwarf-4"};
    for (size_t i = 0; i < COMPILERS * 3; i++) {
        const char *compiler = compilers[i / 3][1];
        if (!has_program(compiler))
            continue;
        assert_int_equal(run("for f in things more; do %s %s -g -finstrument-functions -c " FIXTURES
                             "/$f.cpp -o $D/$f.o || exit; done; g++ $D/things.o $D/more.o "
                             "$D/hooks.o -o $D/things",
                             compiler, flags[i % 3]),
                         0);
        assert_true(check("", "things").exact >= 26);
    }
}

static void another_architecture_is_read_the_same(void **state) {
    (void)state;
    static const char *const levels[] = {"-O0", "-O2", "-O3"};
    if (!has_program("aarch64-linux-gnu-gcc") || !has_program("qemu-aarch64"))
        skip();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run("aarch64-linux-gnu-gcc -O1 -c " FIXTURES "/hooks.c -o $D/arm.o && "
                             "aarch64-linux-gnu-gcc -static %s -g -finstrument-functions " FIXTURES
                             "/calls.c $D/arm.o -o $D/arm",
                             levels[i]),
                         0);
        assert_true(check("qemu-aarch64", "arm").exact >= 55);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_has_its_line_in_unoptimized_code),
        cmocka_unit_test(inlined_split_and_cloned_code_belongs_to_its_function),
        cmocka_unit_test(any_kind_of_link_will_do),
        cmocka_unit_test(a_library_is_as_good_as_a_program),
        cmocka_unit_test(members_templates_and_lambdas_have_their_lines),
        cmocka_unit_test(another_architecture_is_read_the_same),
    };
    return cmocka_run_group_tests_name("symbols", tests, make_directory, remove_directory);
}
