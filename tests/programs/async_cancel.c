/* SPDX-License-Identifier: MIT */
/*
 * `async_cancel N [async]`: N threads, one after the other, are cancelled in a loop of calls: at a
 * cancellation point, or, with `async`, between any two instructions. Prints how many calls of
 * leaf() had begun and counted themselves, and how many clean-up handlers ran.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_int started;
static _Thread_local volatile long mine;
static long total, cleaned;
static int is_async;

__attribute__((noinline)) int leaf(int x) {
    mine++;
    __asm__ volatile("");
    return x + 1;
}

__attribute__((noinline)) int spin(void) {
    int sum = 0;
    atomic_store(&started, 1);
    for (volatile int goes_on = 1; goes_on;) {
        sum = leaf(sum);
        if (!is_async)
            pthread_testcancel();
    }
    return sum;
}

__attribute__((noinline)) int tidy(int x) {
    __asm__ volatile("");
    return x;
}

static void clean(void *argument) {
    (void)argument;
    tidy(1);
    cleaned++;
    total += mine;
}

static void *run(void *argument) {
    int old, result;
    if (is_async)
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    pthread_cleanup_push(clean, argument);
    result = spin();
    tidy(result);
    pthread_cleanup_pop(0);
    return NULL;
}

int main(int count, char **arguments) {
    const int threads = atoi(arguments[1]);
    is_async = count > 2;
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        void *result;
        atomic_store(&started, 0);
        pthread_create(&thread, NULL, run, NULL);
        while (!atomic_load(&started))
            sched_yield();
        for (volatile int k = 0; k < 2000 + (i * 37) % 5000; k = k + 1) {
        }
        pthread_cancel(thread);
        pthread_join(thread, &result);
        if (result != PTHREAD_CANCELED)
            return 1;
    }
    printf("%ld %ld\n", total, cleaned);
    return 0;
}
