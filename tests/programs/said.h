/* SPDX-License-Identifier: MIT */
/*
 * The programs in this directory state their own calls by these functions: lines `caller callee
 * count` in the file $TRUTH_OUTPUT.PID; the caller is "-" if it is not instrumented. Nothing here
 * is instrumented or writes to standard output.
 */
#ifndef SAID_H
#define SAID_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUIET    __attribute__((no_instrument_function))
#define NOINLINE __attribute__((noinline))

QUIET static inline void must(int is_good, const char *what) {
    if (is_good)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    _exit(99);
}

/* atoi() would not do: clang instruments its inline definition. */
QUIET static inline unsigned number(const char *text) {
    return (unsigned)strtoul(text, NULL, 10);
}

QUIET static inline void say(const char *caller, const char *callee, unsigned long long count) {
    const char *base = getenv("TRUTH_OUTPUT");
    char path[512];
    FILE *out;
    if (base == NULL || count == 0)
        return;
    snprintf(path, sizeof(path), "%s.%d", base, (int)getpid());
    out = fopen(path, "a");
    must(out != NULL, path);
    fprintf(out, "%s %s %llu\n", caller, callee, count);
    must(fclose(out) == 0, path);
}

#endif
