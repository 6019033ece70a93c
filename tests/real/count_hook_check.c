/* SPDX-License-Identifier: MIT */
/*
 * A program that knows how often its functions are called, for the test of the counting hook:
 * from threads, signal handlers, a forked child and past longjmp. tests/e2e/counting_hook.sh
 * runs it; it prints `name calls` for each function and must not rely on the hook itself.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20, THREADS = 6, CALLS_PER_THREAD = 20000, SIGNALS = 3000, JUMPS = 1000 };

#define KEEP __attribute__((noinline))

void leaf(void);
void handled(void);
void jumper(int depth);
void *worker(void *unused);

static jmp_buf jump_target;
static volatile unsigned sink;
static volatile int jumping = 1;
static unsigned long signals_taken;
static int workers_running;

KEEP void leaf(void) {
    sink = sink + 1;
}

KEEP void handled(void) {
    leaf();
    leaf();
}

KEEP void jumper(int depth) {
    leaf();
    if (depth > 0)
        jumper(depth - 1);
    else if (jumping)
        longjmp(jump_target, 1);
    sink = sink + 1;
}

KEEP void *worker(void *unused) {
    for (int i = 0; i < CALLS_PER_THREAD; i++)
        leaf();
    return unused;
}

__attribute__((no_instrument_function)) static void handler(int signal_number) {
    (void)signal_number;
    __atomic_fetch_add(&signals_taken, 1, __ATOMIC_RELAXED);
    handled();
}

/* Signals hit the threads wherever they are, in the hook too. */
__attribute__((no_instrument_function)) static void *interrupter(void *unused) {
    while (__atomic_load_n(&workers_running, __ATOMIC_RELAXED))
        for (int i = 0; i < SIGNALS; i++)
            kill(getpid(), SIGUSR1);
    return unused;
}

__attribute__((no_instrument_function)) static void run_threads(void) {
    pthread_t threads[THREADS], other;
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    workers_running = 1;
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    if (pthread_create(&other, NULL, interrupter, NULL) != 0)
        abort();
    pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < THREADS; i++)
            if (pthread_create(&threads[i], NULL, worker, NULL) != 0)
                abort();
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
    }
    __atomic_store_n(&workers_running, 0, __ATOMIC_RELAXED);
    pthread_join(other, NULL);
}

__attribute__((no_instrument_function)) int main(void) {
    signal(SIGUSR1, handler);
    run_threads();
    for (volatile int i = 0; i < JUMPS; i++)
        if (setjmp(jump_target) == 0)
            jumper(2);
    if (fork() == 0) {
        leaf();
        exit(0);
    }
    wait(NULL);
    printf("worker %d\n", ROUNDS * THREADS);
    printf("handled %lu\n", signals_taken);
    printf("jumper %d\n", 3 * JUMPS);
    printf("leaf %lu\n", 1UL * ROUNDS * THREADS * CALLS_PER_THREAD + 3 * JUMPS + 2 * signals_taken);
    return 0;
}
