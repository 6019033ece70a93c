/* SPDX-License-Identifier: MIT */
/*
 * Promise: a profile can be taken of eight busy threads at any moment; counts only grow; and a
 * profile taken when the threads have ended is the one that the process writes at its end. Each
 * round starts eight new threads, so that threads are merged while they are read. The program
 * prints "ready" when main has begun and "done" when all threads have ended, and waits for a line
 * on standard input before it ends. Argument: ROUNDS.
 */
#include <pthread.h>

#include "said.h"

enum { THREADS = 8, WORK = 2000, DEPTH = 6 };

static volatile unsigned sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void even(unsigned depth);

NOINLINE static void odd(unsigned depth) {
    leaf();
    if (depth > 0)
        even(depth - 1);
}

NOINLINE static void even(unsigned depth) {
    leaf();
    leaf();
    if (depth > 0)
        odd(depth - 1);
}

static void *work(void *unused) {
    for (int i = 0; i < WORK; i++)
        even(DEPTH);
    return unused;
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: live ROUNDS");
    const unsigned rounds = number(argv[1]);
    const unsigned long long chains = (unsigned long long)rounds * THREADS * WORK;
    pthread_t threads[THREADS];

    puts("ready");
    fflush(stdout);
    for (unsigned round = 0; round < rounds; round++) {
        for (int i = 0; i < THREADS; i++)
            must(pthread_create(&threads[i], NULL, work, NULL) == 0, "pthread_create");
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
    }
    puts("done");
    fflush(stdout);
    getchar();
    say("-", "main", 1);
    say("-", "work", rounds * THREADS);
    say("work", "even", chains);
    say("even", "odd", chains * DEPTH / 2);
    say("odd", "even", chains * DEPTH / 2);
    say("even", "leaf", chains * (DEPTH / 2 + 1) * 2);
    say("odd", "leaf", chains * DEPTH / 2);
    return 0;
}
