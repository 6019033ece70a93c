/* SPDX-License-Identifier: MIT */
/*
 * Functions whose instructions follow from counting by hand in tests/e2e/instructions.sh: from what
 * LLVM's assembler has for each part of them, and how often each part runs. Arguments: what to
 * call, how often, and the length of the loop.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT __attribute__((noinline))

static volatile int sink;
static jmp_buf back;
static int length;

KEPT static int leaf(int x) {
    return x * 3 + sink;
}

KEPT static int loop(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += leaf(i) ^ i;
    return sum;
}

KEPT static void jumper(int x) {
    sink = x;
    if (x & 1)
        longjmp(back, 1);
    sink++;
}

KEPT static int trier(int x) {
    if (setjmp(back) != 0)
        return 1;
    jumper(x);
    return 0;
}

KEPT static void ender(void) {
    sink = 4;
    exit(0);
}

KEPT static void handler(int number) {
    sink = number;
}

KEPT static void raiser(int count) {
    for (int i = 0; i < count; i++)
        raise(SIGUSR1);
}

static void *thread(void *unused) {
    sink = loop(length);
    return unused;
}

static void threads(int count) {
    pthread_t all[64];
    for (int i = 0; i < count; i++)
        pthread_create(&all[i], NULL, thread, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(all[i], NULL);
}

/* The handler runs on the alternate stack if the flags say so, otherwise on the program's. */
static void signals(int count, int flags) {
    static char memory[65536];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raiser(count);
}

/* What the children do goes into their own profiles. */
static void forks(int count) {
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            sink = loop(length);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    sink = loop(length);
}

int main(int argc, char **argv) {
    const int count = argc > 2 ? atoi(argv[2]) : 0;
    length = argc > 3 ? atoi(argv[3]) : 0;
    for (int i = 0; i < count && strcmp(argv[1], "loop") == 0; i++)
        sink = loop(length);
    for (int i = 0; i < count && strcmp(argv[1], "jump") == 0; i++)
        sink = trier(i);
    if (strcmp(argv[1], "threads") == 0)
        threads(count);
    if (strcmp(argv[1], "signals") == 0)
        signals(count, 0);
    if (strcmp(argv[1], "altstack") == 0)
        signals(count, SA_ONSTACK);
    if (strcmp(argv[1], "forks") == 0)
        forks(count);
    ender();
    return 0;
}
