/* SPDX-License-Identifier: MIT */
/*
 * Tests that running out of memory at any point costs names and lines, never the process: libdw
 * itself would call exit(). The allocator is this program's own: it fails from the n-th call on,
 * for every n. (libdw 0.188 does not survive every failure of a single call.) Each try is a
 * process of its own.
 */
#include <errno.h>
#include <signal.h>

#include "symbols_build.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);

static long left_to_fail; /* 0: never */
static long calls;

static bool fails(void) {
    calls++;
    if (left_to_fail == 0 || --left_to_fail > 0)
        return false;
    left_to_fail = 1;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *piece, size_t size) {
    return fails() ? NULL : __libc_realloc(piece, size);
}

static struct segment_module module;
static uint64_t leaf, quiet;

/* Exit status: 0 all is known, 1 less is known and that is said, 2 that it is not said. */
static int ask(void) {
    struct error error = {""};
    struct symbol symbol;
    struct symbols *symbols = symbols_new(&module, 1, &error);
    if (symbols == NULL)
        return error.message[0] != '\0' ? 1 : 2;
    bool is_known = symbols_function(symbols, 0, leaf, &symbol) && symbol.line > 0;
    is_known = symbol.name[0] != '\0' && symbol.file != NULL && is_known;
    is_known = symbols_function(symbols, 0, quiet, &symbol) && symbol.file[0] == '/' && is_known;
    for (uint64_t byte = 0; byte < 64; byte++)
        symbols_line(symbols, 0, quiet, quiet + byte);
    is_known = symbols_line(symbols, 0, leaf, leaf) > 0 && is_known;
    bool is_said = symbols_complaint(symbols, 0) != NULL;
    symbols_free(symbols);
    return is_known ? 0 : is_said ? 1 : 2;
}

/* The exit status of a try whose allocations fail from the n-th on. */
static int try(long n) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* not cmocka's */
        alarm(20);
        left_to_fail = n;
        int known = ask();
        left_to_fail = 0;
        _exit(known);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        fail_msg("from allocation %ld on: status %#x", n, (unsigned)status);
    return WEXITSTATUS(status);
}

static void out_of_memory_costs_names_alone(void **state) {
    (void)state;
    assert_int_equal(run("gcc -shared -fPIC -O2 -g " FIXTURES "/calls.c -o $D/lib.so"), 0);
    module = module_of(in_directory("lib.so"));
    leaf = address_of(module.path, "leaf");
    quiet = address_of(module.path, "quietly");
    calls = 0;
    assert_int_equal(ask(), 0);
    const long needed = calls;
    assert_true(needed > 20);
    for (long n = 1; n <= needed; n++) {
        if (try(n) > 1)
            fail_msg("from allocation %ld on: less is known, and not said", n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(out_of_memory_costs_names_alone)};
    return cmocka_run_group_tests_name("symbols_memory", tests, make_directory, remove_directory);
}
