/* SPDX-License-Identifier: MIT */
/*
 * Functions with known shares of the CPU time, for runs in which the kernel takes the CPU away at
 * any moment. Promise: the shares do not depend on that.
 *
 *   preempted gaps      main() works for long between calls: a time slice ends in main(), or, if
 *                       the recorder notices it late, seems to end in the next call
 *   preempted leaf      short calls without a pause: a time slice ends in any of them
 *   preempted threads   four threads, each with its own functions, one of which sleeps
 *
 * Prints `FUNCTION SHARE` for each function, in percent, by the thread's CPU clock. `leaf` prints
 * nothing: its calls are too short for a clock, and the test takes their shares from callgrind.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PLAIN   __attribute__((no_instrument_function)) static inline
#define APART   __attribute__((noinline))
#define THREADS 4

PLAIN int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

PLAIN void spin(long count) {
    for (volatile long i = 0; i < count; i++)
        ;
}

static struct share {
    const char *name;
    int64_t ns;
} shares[16];
static int share_count;

PLAIN void print_shares(int64_t total) {
    for (int i = 0; i < share_count; i++)
        printf("%s %.2f\n", shares[i].name, 100.0 * (double)shares[i].ns / (double)total);
}

PLAIN int64_t *share_of(const char *name) {
    shares[share_count].name = name;
    return &shares[share_count++].ns;
}

/* --- gaps ------------------------------------------------------------------------------------- */

APART void first(void) {
    __asm__("");
}

APART void second(void) {
    __asm__("");
}

APART void work(void) {
    spin(400000);
}

APART static void gaps(void) {
    int64_t *in_main = share_of("gaps"), *in_first = share_of("first"), *in_work = share_of("work");
    const int64_t begin = cpu_ns();
    for (int i = 0; i < 20; i++) {
        const int64_t start = cpu_ns();
        spin(1500000);
        const int64_t before = cpu_ns();
        first();
        const int64_t after = cpu_ns();
        second();
        const int64_t before_work = cpu_ns();
        work();
        *in_main += before - start;
        *in_first += after - before;
        *in_work += cpu_ns() - before_work;
    }
    print_shares(cpu_ns() - begin);
}

/* --- leaf ------------------------------------------------------------------------------------- */

APART int leaf(int count) {
    volatile int sum = 0;
    for (int i = 0; i < count; i++)
        sum += i;
    return sum;
}

APART int middle(int count) {
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += leaf(count + i);
    return sum;
}

static void leaves(void) {
    volatile int sum = 0;
    for (int i = 0; i < 8000; i++)
        sum += middle(500 + i % 100);
}

/* --- threads ---------------------------------------------------------------------------------- */

APART void spin_long(void) {
    spin(3000000);
}

APART void spin_short(void) {
    spin(10000);
}

APART void nap(void) {
    const struct timespec time = {0, 500000};
    nanosleep(&time, NULL);
}

static int64_t in_long[THREADS], in_short[THREADS], in_all[THREADS];

static void *thread(void *argument) {
    const size_t index = (size_t)argument;
    for (int i = 0; i < 10; i++) {
        const int64_t start = cpu_ns();
        spin_long();
        const int64_t middle_ns = cpu_ns();
        for (int k = 0; k < 100; k++)
            spin_short();
        in_long[index] += middle_ns - start;
        in_short[index] += cpu_ns() - middle_ns;
        nap();
    }
    in_all[index] = cpu_ns();
    return NULL;
}

static void threads(void) {
    int64_t *longs = share_of("spin_long"), *shorts = share_of("spin_short");
    pthread_t all[THREADS];
    int64_t total = 0;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&all[i], NULL, thread, (void *)i);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(all[i], NULL);
        *longs += in_long[i];
        *shorts += in_short[i];
        total += in_all[i];
    }
    print_shares(total);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    if (strcmp(what, "gaps") == 0)
        gaps();
    else if (strcmp(what, "leaf") == 0)
        leaves();
    else if (strcmp(what, "threads") == 0)
        threads();
    else
        return 2;
    return 0;
}
