/* SPDX-License-Identifier: MIT */
/*
 * Promise: calls in destructors of thread-specific data are counted, in any order and any number of
 * rounds: 8 keys set themselves again in each of the 4 rounds, in each of 100 threads. The program
 * counts which destructors the C library calls.
 */
#include <pthread.h>

#include "said.h"

enum { KEYS = 8, THREADS = 100 };

static pthread_key_t keys[KEYS];
static unsigned long long destroyed;
static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

static void destroy(void *value) {
    __atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
    leaf();
    pthread_setspecific(keys[(long)value - 1], value);
}

static void *worker(void *unused) {
    for (long i = 0; i < KEYS; i++)
        pthread_setspecific(keys[i], (void *)(i + 1));
    leaf();
    return unused;
}

int main(void) {
    for (int i = 0; i < KEYS; i++)
        must(pthread_key_create(&keys[i], destroy) == 0, "pthread_key_create");
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, worker, NULL) == 0, "pthread_create");
        pthread_join(thread, NULL);
    }
    say("-", "main", 1);
    say("-", "worker", THREADS);
    say("worker", "leaf", THREADS);
    say("-", "destroy", destroyed);
    say("destroy", "leaf", destroyed);
    return destroyed == THREADS * KEYS * 4 ? 0 : 1;
}
