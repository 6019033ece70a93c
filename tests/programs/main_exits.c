/* SPDX-License-Identifier: MIT */
/*
 * Promise: a process whose main thread has called pthread_exit can be dumped with names while its
 * worker runs on, and its profile at the end is exact. The worker prints "ready" when the main
 * thread has ended, waits for a line on standard input, and then ends the process.
 */
#include <pthread.h>

#include "said.h"

static volatile int sink;
static pthread_t main_thread;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void wait_for_line(void) {
    char line[16];
    must(write(1, "ready\n", 6) == 6 && read(0, line, sizeof(line)) > 0, "pipe");
}

static void *worker(void *unused) {
    must(pthread_join(main_thread, NULL) == 0, "pthread_join");
    for (int i = 0; i < 2000; i++)
        leaf();
    wait_for_line();
    for (int i = 0; i < 3000; i++)
        leaf();
    say("-", "main", 1);
    say("main", "leaf", 10);
    say("-", "worker", 1);
    say("worker", "leaf", 5000);
    say("worker", "wait_for_line", 1);
    return unused;
}

int main(void) {
    pthread_t thread;
    main_thread = pthread_self();
    for (int i = 0; i < 10; i++)
        leaf();
    must(pthread_create(&thread, NULL, worker, NULL) == 0, "pthread_create");
    pthread_exit(NULL);
}
