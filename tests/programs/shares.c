/* SPDX-License-Identifier: MIT */
/*
 * Twelve functions with known work, for tests of samplers. Each spends its iterations in a chain of
 * multiplications, so that its share of the CPU time is its share of the iterations on any
 * machine.
 *
 *     shares BEATS [free | lockstep] [naive]
 *
 * Each beat calls every function once, in a new random order. free (the default): beats follow
 * immediately. lockstep: a beat starts exactly every 10 ms, and in_lockstep() always comes first.
 * naive: the program also samples itself every 10 ms, always 0.2 ms after a beat begins, as a
 * sampler with a fixed period may. Prints a line for each function: its name, its share of the work
 * in percent, and the number of naive's samples in it.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNTRACED __attribute__((no_instrument_function))
#define BEAT_NS  10000000u
#define SLICES   1000u /* parts of a beat's work, which takes about 8 ms */

static volatile uint64_t sink;
static uint64_t slice; /* how many iterations a slice has */
static volatile sig_atomic_t current;
static volatile unsigned seen[16];

static inline __attribute__((always_inline)) UNTRACED void spend(unsigned slices, int who) {
    uint64_t value = sink;
    current = who;
    for (uint64_t i = slices * slice; i != 0; i--) {
        value = value * UINT64_C(6364136223846793005) + 1442695040888963407;
        __asm__ volatile("" : "+r"(value));
    }
    sink = value;
}

/* clang-format off: it formats this differently each time */
#define FUNCTIONS(X)                                                                               \
    X(in_lockstep, 200)                                                                            \
    X(work_a, 200)                                                                                 \
    X(work_b, 150)                                                                                 \
    X(work_c, 120)                                                                                 \
    X(work_d, 100)                                                                                 \
    X(work_e, 80)                                                                                  \
    X(work_f, 50)                                                                                  \
    X(work_g, 40)                                                                                  \
    X(work_h, 30)                                                                                  \
    X(work_i, 20)                                                                                  \
    X(work_j, 8)                                                                                   \
    X(work_k, 2)
/* clang-format on */
#define COUNT 12

enum number {
#define X(name, slices) NUMBER_##name,
    FUNCTIONS(X)
#undef X
};

#define X(name, slices)                                                                            \
    __attribute__((noinline)) static void name(void) {                                             \
        spend(slices, NUMBER_##name);                                                              \
    }
FUNCTIONS(X)
#undef X

static const struct function {
    const char *name;
    unsigned slices;
    void (*call)(void);
} functions[] = {
#define X(name, slices) {#name, slices, name},
    FUNCTIONS(X)
#undef X
};

static UNTRACED uint64_t now_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Takes the shortest of many measurements, since other programs may be running. */
static UNTRACED void calibrate(void) {
    uint64_t best = UINT64_MAX;
    slice = 1000;
    for (int i = 0; i < 200; i++) {
        const uint64_t start = now_ns(CLOCK_THREAD_CPUTIME_ID);
        spend(SLICES / 10, COUNT);
        const uint64_t took = now_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        if (took < best)
            best = took;
    }
    slice = 1000 * (BEAT_NS / 100 * 8) / best;
}

static UNTRACED void look(int number) {
    (void)number;
    seen[current]++;
}

static UNTRACED void start_naive(uint64_t first_ns) {
    struct sigaction action = {.sa_handler = look, .sa_flags = SA_RESTART};
    struct itimerspec fixed = {.it_interval.tv_nsec = BEAT_NS};
    timer_t timer;
    sigaction(SIGPROF, &action, NULL);
    fixed.it_value.tv_sec = (time_t)(first_ns / 1000000000u);
    fixed.it_value.tv_nsec = (long)(first_ns % 1000000000u);
    if (timer_create(CLOCK_MONOTONIC, &(struct sigevent){.sigev_signo = SIGPROF}, &timer) != 0 ||
        timer_settime(timer, TIMER_ABSTIME, &fixed, NULL) != 0) {
        perror("shares: timer");
        exit(1);
    }
}

static UNTRACED void wait_until(uint64_t ns) {
    const struct timespec then = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL) == EINTR) {
    }
}

static UNTRACED void shuffle(unsigned order[COUNT], unsigned from) {
    static uint64_t random = 1;
    for (unsigned i = COUNT - 1; i > from; i--) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        const unsigned other = from + (unsigned)((random >> 33) % (i - from + 1));
        const unsigned kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static __attribute__((noinline)) void run(unsigned long beats, int is_lockstep, uint64_t start) {
    unsigned order[COUNT];
    for (unsigned i = 0; i < COUNT; i++)
        order[i] = i;
    for (unsigned long beat = 0; beat < beats; beat++) {
        if (is_lockstep) {
            const uint64_t passed = now_ns(CLOCK_MONOTONIC) - start;
            wait_until(start + (passed / BEAT_NS + 1) * BEAT_NS);
        }
        shuffle(order, is_lockstep ? 1 : 0);
        for (unsigned i = 0; i < COUNT; i++)
            functions[order[i]].call();
        current = COUNT;
    }
}

int main(int argc, char **argv) {
    const unsigned long beats = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    int is_lockstep = 0, is_naive = 0;
    for (int i = 2; i < argc; i++) {
        is_lockstep |= strcmp(argv[i], "lockstep") == 0;
        is_naive |= strcmp(argv[i], "naive") == 0;
    }
    calibrate();
    const uint64_t start = now_ns(CLOCK_MONOTONIC);
    if (is_naive)
        start_naive(start + BEAT_NS + BEAT_NS / 50);
    run(beats, is_lockstep, start);
    for (unsigned i = 0; i < COUNT; i++) {
        printf("%s %.1f", functions[i].name, functions[i].slices * 100.0 / SLICES);
        if (is_naive)
            printf(" %u", seen[i]);
        putchar('\n');
    }
    return 0;
}
