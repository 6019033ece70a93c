/* SPDX-License-Identifier: MIT */
/*
 * Promise: time off the CPU is not CPU time, and time on it is, whoever else runs: asleep() sleeps
 * for 50 ms of wall time, at least; awake() runs until the kernel has given its thread 50 ms of the
 * CPU; both in a thread of their own too, which the profile sees when it has ended.
 */
#include <pthread.h>
#include <time.h>

#include "said.h"

enum { MILLISECONDS = 50 };

QUIET static long long cpu_ns(void) {
    struct timespec now;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "clock_gettime");
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

NOINLINE static void asleep(void) {
    struct timespec left = {0, MILLISECONDS * 1000000L};
    while (nanosleep(&left, &left) != 0)
        ;
}

NOINLINE static void awake(void) {
    const long long start = cpu_ns();
    while (cpu_ns() - start < MILLISECONDS * 1000000LL)
        ;
}

static void *work(void *unused) {
    asleep();
    awake();
    return unused;
}

int main(void) {
    pthread_t thread;
    work(NULL);
    must(pthread_create(&thread, NULL, work, NULL) == 0, "pthread_create");
    pthread_join(thread, NULL);
    say("-", "main", 1);
    say("main", "work", 1);
    say("-", "work", 1);
    say("work", "asleep", 2);
    say("work", "awake", 2);
    return 0;
}
