/* SPDX-License-Identifier: MIT */
/*
 * Situations that are hard for a sampler: threads that end early, a fork, the program's own timers
 * and signal handlers, system calls that wait, kill -9. Used by tests/e2e/sampling.sh.
 *
 *     sampled threads COUNT MS   COUNT threads, four at a time, each take MS ms of CPU time
 *     sampled sort MS            takes MS ms in a function that qsort() calls
 *     sampled fork MS            parent and child each take MS ms
 *     sampled own MS             with a SIGPROF handler and timer of its own; prints their counts
 *     sampled read               a read that waits for standard input; prints how often it failed
 *     sampled reset MS           takes MS ms, resets the profile, and ends
 *     sampled live               says "ready" once it has taken 300 ms, and goes on until killed
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_CINSTR
#include <cinstr.h>
#endif

#define UNTRACED __attribute__((no_instrument_function))

static volatile uint64_t sink;
static volatile unsigned own_signals, foreign_signals, errno_changes;

static UNTRACED uint64_t cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

__attribute__((noinline)) static void spin(void) {
    for (int i = 0; i < 100000; i++)
        sink = sink * 5 + 1;
}

__attribute__((noinline)) static void work(unsigned long ms) {
    const uint64_t end = cpu_ms() + ms;
    while (cpu_ms() < end) {
        errno = EDOM;
        spin();
        errno_changes += errno != EDOM;
    }
}

static void *thread(void *argument) {
    work(*(unsigned long *)argument);
    return NULL;
}

static int run_threads(unsigned long count, unsigned long ms) {
    pthread_t threads[4];
    for (unsigned long i = 0; i < count; i += 4) {
        for (int k = 0; k < 4; k++)
            pthread_create(&threads[k], NULL, thread, &ms);
        for (int k = 0; k < 4; k++)
            pthread_join(threads[k], NULL);
    }
    return 0;
}

static int compare(const void *left, const void *right) {
    spin();
    return *(const int *)left - *(const int *)right;
}

static int run_sort(unsigned long ms) {
    const uint64_t end = cpu_ms() + ms;
    int numbers[64];
    while (cpu_ms() < end) {
        for (int i = 0; i < 64; i++)
            numbers[i] = i * 37 % 64;
        qsort(numbers, 64, sizeof(numbers[0]), compare);
    }
    return 0;
}

static int run_fork(unsigned long ms) {
    const pid_t child = fork();
    int status = 0;
    work(ms);
    if (child == 0)
        exit(0);
    return waitpid(child, &status, 0) != child || status != 0;
}

static UNTRACED void on_own(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)context;
    own_signals++;
    foreign_signals += info->si_code != SI_KERNEL;
}

static int run_own(unsigned long ms) {
    const struct itimerval timer = {{0, 10000}, {0, 10000}};
    struct sigaction action = {.sa_sigaction = on_own, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    static char memory[65536];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    sigaltstack(&stack, NULL);
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &timer, NULL);
    work(ms);
    printf("own %u foreign %u errno %u\n", own_signals, foreign_signals, errno_changes);
    return 0;
}

static int run_read(void) {
    unsigned failed = 0;
    char byte;
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) != 0) {
        failed += byte != '.';
        work(1);
    }
    printf("failed %u\n", failed);
    return 0;
}

static int run_live(void) {
    work(300);
    puts("ready");
    fflush(stdout);
    for (;;)
        work(1000);
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    const unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (strcmp(mode, "threads") == 0)
        return run_threads(number, argc > 3 ? strtoul(argv[3], NULL, 10) : 1);
    if (strcmp(mode, "sort") == 0)
        return run_sort(number);
    if (strcmp(mode, "fork") == 0)
        return run_fork(number);
    if (strcmp(mode, "own") == 0)
        return run_own(number);
    if (strcmp(mode, "read") == 0)
        return run_read();
    if (strcmp(mode, "live") == 0)
        return run_live();
#ifdef WITH_CINSTR
    if (strcmp(mode, "reset") == 0) {
        work(number);
        cinstr_reset();
        spin();
        return 0;
    }
#endif
    return 2;
}
