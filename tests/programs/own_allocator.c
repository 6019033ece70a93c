/* SPDX-License-Identifier: MIT */
/*
 * Promise: the recorder never calls an allocator that the program defines; and a child of fork()
 * may end by exit() even if a thread of its parent held the allocator's lock. Prints how often
 * malloc() and free() were called. Argument: how often to fork, or none.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 28 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char arena[SIZE];
static size_t used;
static long mallocs, frees;

void *malloc(size_t size) {
    pthread_mutex_lock(&lock);
    void *p = arena + used;
    used += (size + 31) & ~(size_t)15;
    mallocs++;
    for (volatile int i = 0; i < 200; i++) {
    }
    if (used > SIZE / 2)
        used = SIZE / 4;
    pthread_mutex_unlock(&lock);
    return p;
}

void free(void *p) {
    (void)p;
    frees++;
}

void *calloc(size_t count, size_t size) {
    return memset(malloc(count * size), 0, count * size);
}

void *realloc(void *p, size_t size) {
    void *q = malloc(size);
    if (p != NULL)
        memcpy(q, p, size);
    return q;
}

static void *churn(void *argument) {
    for (;;)
        free(malloc(40));
    return argument;
}

static void fork_often(int times) {
    pthread_t thread;
    int status = 0;
    pthread_create(&thread, NULL, churn, NULL);
    for (int i = 0; i < times && status == 0; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            free(NULL);
            exit(0);
        }
        waitpid(pid, &status, 0);
    }
    _exit(status != 0);
}

int main(int argc, char **argv) {
    char text[80];
    void *volatile p;
    if (argc > 1)
        fork_often(atoi(argv[1]));
    p = malloc(8);
    free(p);
    const int length =
        snprintf(text, sizeof(text), "malloc %ld\nfree %ld\nmain 1\n", mallocs, frees);
    return write(1, text, (size_t)length) != length;
}
