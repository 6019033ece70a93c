/* SPDX-License-Identifier: MIT */
/* Works until it is ended, for tests of profiles that are served meanwhile. It prints a line when
 * it has begun; on SIGTERM it prints how often each function was called, and exits. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static volatile sig_atomic_t must_end;
static void *volatile kept;
static volatile unsigned long sink;
static unsigned long works, holds;

__attribute__((no_instrument_function)) static void end(int number) {
    must_end = number;
}

NOINLINE static void work(void) {
    works++;
    for (int i = 0; i < 200; i++)
        sink += (unsigned long)i;
}

NOINLINE static void hold(void) {
    holds++;
    free(kept);
    kept = malloc(100);
}

int main(void) {
    signal(SIGTERM, end);
    hold();
    if (write(1, "begun\n", 6) != 6)
        return 1;
    while (!must_end) {
        work();
        if (works % 64 == 0)
            hold();
    }
    printf("work %lu\nhold %lu\n", works, holds);
    return 0;
}
