/* SPDX-License-Identifier: MIT */
/*
 * A program that does nothing but lock. Run by bench/charges as `locks THREADS LOCKS`: each thread
 * takes one mutex LOCKS times, each time in one call of update(). A single thread never waits. Several
 * threads share one CPU, and the holder of the lock yields the CPU: then all others wait, on any
 * machine.
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS_MAX = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t updates;
static unsigned long locks_each;
static bool is_contended;

__attribute__((noinline)) static void update(void) {
    pthread_mutex_lock(&lock);
    updates++;
    if (is_contended)
        sched_yield();
    pthread_mutex_unlock(&lock);
    if (is_contended)
        sched_yield();
}

static void *run_thread(void *unused) {
    for (unsigned long i = 0; i < locks_each; i++)
        update();
    return unused;
}

static void stay_on_one_cpu(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof(one), &one) != 0)
        abort();
}

int main(int argc, char **argv) {
    const unsigned long threads = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    pthread_t ids[THREADS_MAX];
    if (threads < 1 || threads > THREADS_MAX) {
        fputs("usage: locks THREADS LOCKS\n", stderr);
        return 2;
    }
    locks_each = strtoul(argv[2], NULL, 10);
    is_contended = threads > 1;
    if (is_contended)
        stay_on_one_cpu();
    for (unsigned long i = 1; i < threads; i++)
        if (pthread_create(&ids[i], NULL, run_thread, NULL) != 0)
            abort();
    run_thread(NULL);
    for (unsigned long i = 1; i < threads; i++)
        pthread_join(ids[i], NULL);
    printf("%ju\n", (uintmax_t)updates);
    return 0;
}
