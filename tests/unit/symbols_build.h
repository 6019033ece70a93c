/* SPDX-License-Identifier: MIT */
/*
 * What the tests of symbols share: a directory of their own, programs that they build there and
 * modules that name them. The tests run in the repository's top and leave nothing behind.
 */
#ifndef CINSTR_TESTS_SYMBOLS_BUILD_H
#define CINSTR_TESTS_SYMBOLS_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader/symbols/symbols.h"

#define FIXTURES "tests/fixtures/symbols"

static char directory[] = "/tmp/cinstr-symbols-test.XXXXXX";

/* A path in the directory; each call overwrites the one before. */
static inline const char *in_directory(const char *name) {
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

/* Runs a command of the test's own, with D set to the directory. Its exit status. */
__attribute__((format(printf, 1, 2))) static inline int run(const char *format, ...) {
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    int status = system(command); /* NOLINT(cert-env33-c): the test's own words alone */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static inline bool has_program(const char *name) {
    return run("command -v %s >/dev/null", name) == 0;
}

/* The file as it would be loaded at its own addresses, without a build id. */
static inline struct segment_module module_of(const char *path) {
    struct segment_module module = {.limit = UINT64_MAX};
    snprintf(module.path, sizeof(module.path), "%s", path);
    return module;
}

static inline struct symbols *open_symbols(const struct segment_module *module) {
    struct error error;
    struct symbols *symbols = symbols_new(module, 1, &error);
    assert_non_null(symbols);
    return symbols;
}

/* Opens the output of a command. */
__attribute__((format(printf, 1, 2))) static inline FILE *run_for_output(const char *format, ...) {
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    FILE *output = popen(command, "r"); /* NOLINT(cert-env33-c): the test's own words alone */
    assert_non_null(output);
    return output;
}

/* Where nm says that a symbol of the file begins. */
static inline uint64_t address_of(const char *path, const char *symbol) {
    FILE *output = run_for_output("nm %s | awk '$3 == \"%s\" {print $1}'", path, symbol);
    unsigned long address = 0;
    assert_int_equal(fscanf(output, "%lx", &address), 1);
    pclose(output);
    return address;
}

static inline int make_directory(void **state) {
    (void)state;
    return mkdtemp(directory) == NULL || setenv("D", directory, 1) != 0 ? -1 : 0;
}

static inline int remove_directory(void **state) {
    (void)state;
    return run("rm -rf -- \"$D\"");
}

#endif
