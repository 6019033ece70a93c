/* SPDX-License-Identifier: MIT */
/*
 * Promise: cinstr_reset() forgets all time before it, also of open calls. worker() calls it after
 * 300 ms and before 50 ms of work. Prints the CPU time that it spent after the reset, in
 * nanoseconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cinstr.h>

#define PLAIN __attribute__((no_instrument_function)) static inline

PLAIN int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

PLAIN void spin(int64_t ns) {
    const int64_t end = cpu_ns() + ns;
    while (cpu_ns() < end)
        ;
}

__attribute__((noinline)) static void worker(void) {
    int64_t start;
    spin(300000000);
    cinstr_reset();
    start = cpu_ns();
    spin(50000000);
    printf("%lld\n", (long long)(cpu_ns() - start));
}

int main(void) {
    worker();
    return 0;
}
