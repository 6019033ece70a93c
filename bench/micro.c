/* SPDX-License-Identifier: MIT */
/*
 * Programs that are nothing but calls, each a way in which a call finds its context. Run by
 * bench/bench and tests/e2e/hot_path.sh as `micro SHAPE NUMBER…`. Every call stays a call in every
 * build: none may be inlined, merged or made a jump, or the sides would count different ones.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "many.h"

enum { CALLEES = 1000, THREADS_MAX = 64 };

#define KEEP           __attribute__((noinline))
#define UNINSTRUMENTED __attribute__((no_instrument_function))
#define BARRIER()      __asm__ volatile("")

/* The number keeps the functions from being one and the same. */
#define DEFINE_CALLEE(n)                                                                           \
    KEEP static void callee_##n(void) {                                                            \
        __asm__ volatile("" : : "r"(n));                                                           \
    }
#define NAME_CALLEE(n) callee_##n,

THOUSAND(DEFINE_CALLEE, 1)

static void (*const callees[CALLEES])(void) = {THOUSAND(NAME_CALLEE, 1)};

KEEP static void leaf(void) {
    BARRIER();
}

KEEP static void call_leaf(unsigned long calls) {
    for (unsigned long i = 0; i < calls; i++)
        leaf();
}

KEEP static uint64_t fib(unsigned n) {
    uint64_t one, other;
    if (n < 2)
        return n;
    one = fib(n - 1);
    other = fib(n - 2);
    __asm__ volatile("" : "+r"(one), "+r"(other));
    return one + other;
}

KEEP static void call_random(unsigned width, unsigned long calls) {
    uint64_t random = 42;
    for (unsigned long i = 0; i < calls; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        callees[((random >> 32) * width) >> 32]();
    }
}

KEEP static void descend(unsigned long depth) {
    if (depth > 0)
        descend(depth - 1);
    BARRIER();
}

UNINSTRUMENTED static void *run_thread(void *calls) {
    call_leaf(*(unsigned long *)calls);
    return NULL;
}

KEEP static void call_from_threads(unsigned threads, unsigned long calls) {
    pthread_t ids[THREADS_MAX];
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, run_thread, &calls) != 0)
            abort();
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

int main(int argc, char **argv) {
    const char *shape = argc > 2 ? argv[1] : "";
    const unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    const unsigned long second = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    if (strcmp(shape, "leaf") == 0)
        call_leaf(first);
    else if (strcmp(shape, "fib") == 0)
        printf("%ju\n", (uintmax_t)fib((unsigned)first));
    else if (strcmp(shape, "fan") == 0 && first >= 1 && first <= CALLEES)
        call_random((unsigned)first, second);
    else if (strcmp(shape, "deep") == 0)
        for (unsigned long i = 0; i < second; i++)
            descend(first);
    else if (strcmp(shape, "threads") == 0 && first <= THREADS_MAX)
        call_from_threads((unsigned)first, second);
    else {
        fputs("usage: micro leaf CALLS | fib N | fan WIDTH CALLS | deep DEPTH TIMES | "
              "threads THREADS CALLS\n",
              stderr);
        return 2;
    }
    return 0;
}
