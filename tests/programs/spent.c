/* SPDX-License-Identifier: MIT */
/*
 * Promise: CPU time is the time on the CPU alone, whatever else runs. asleep() sleeps for at least
 * 50 ms of wall time; awake() runs until the kernel has given its thread 50 ms of the CPU. Both are
 * called in main's thread and in another, which has ended before the profile is written.
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
