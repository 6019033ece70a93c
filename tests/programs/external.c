/* SPDX-License-Identifier: MIT */
/*
 * Promise: calls of functions that were not compiled with the plugin are edges with exact counts:
 * libc's, from the program's own functions, with what they call back below them, also if they end
 * by a jump, in threads and in a fork child. The time for which they wait is theirs.
 */
#include <pthread.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "said.h"

enum { WORDS = 5, CHILD_CALLS = 7, WAIT_MS = 30 };

static volatile size_t sink;
static jmp_buf out;
static unsigned long long compared;
static const char *const text = "a text of a length that the compiler does not know";
static const char *volatile any = "";

NOINLINE static int by_value(const void *a, const void *b) {
    compared++;
    return *(const int *)a - *(const int *)b;
}

NOINLINE static int jumper(const void *a, const void *b) {
    (void)a;
    (void)b;
    longjmp(out, 1);
}

NOINLINE static void sorter(void) {
    int values[WORDS] = {3, 1, 2, 5, 4};
    qsort(values, WORDS, sizeof(values[0]), by_value);
    sink = (size_t)values[0];
}

NOINLINE static void jumps(void) {
    int values[] = {3, 1, 2};
    if (setjmp(out) == 0)
        qsort(values, 3, sizeof(values[0]), jumper);
    sink = strlen(any);
}

NOINLINE static void *allocate(size_t size) {
    return malloc(size);
}

NOINLINE static size_t length(void) {
    return strlen(any);
}

NOINLINE static void copies(size_t size) {
    char copy[64];
    memcpy(copy, any, size);
    sink = (size_t)copy[size / 2];
}

/* Calls through a pointer: the compiler does not know which function it is. */
NOINLINE static void indirect(void) {
    static size_t (*volatile function)(const char *) = strlen;
    sink = function(any);
}

NOINLINE static void *writer(void *end) {
    const struct timespec wait = {0, WAIT_MS * 1000000L};
    nanosleep(&wait, NULL);
    sink = (size_t)write(*(int *)end, "x", 1);
    return NULL;
}

/* read() waits in vain for 30 ms: writer() writes into the same end of the pair. */
NOINLINE static void waits(void) {
    const struct timeval limit = {0, 30000};
    pthread_t thread;
    int ends[2];
    char got;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
        setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
        pthread_create(&thread, NULL, writer, &ends[0]) != 0)
        errno = EPIPE;
    sink = (size_t)read(ends[0], &got, 1);
    pthread_join(thread, NULL);
}

QUIET NOINLINE static void child_says(void) {
    say("main", "getpid", 1);
    say("main", "length", CHILD_CALLS);
    say("length", "strlen", CHILD_CALLS);
    exit(0);
}

NOINLINE static void forks(void) {
    const pid_t child = fork();
    if (child != 0)
        waitpid(child, NULL, 0);
}

QUIET NOINLINE static void says(unsigned count) {
    say("main", "getpid", 2);
    say("main", "allocate", count);
    say("allocate", "malloc", count);
    say("main", "free", count);
    say("main", "length", count);
    say("length", "strlen", count);
    say("main", "copies", count);
    say("copies", "memcpy", count);
    say("main", "sorter", count);
    say("sorter", "qsort", count);
    say("qsort", "by_value", compared);
    say("main", "jumps", count);
    say("jumps", "qsort", count);
    say("qsort", "jumper", count);
    say("jumps", "strlen", count);
    say("main", "indirect", count);
    say("main", "waits", 1);
    say("waits", "socketpair", 1);
    say("waits", "setsockopt", 1);
    say("waits", "pthread_create", 1);
    say("waits", "read", 1);
    say("waits", "pthread_join", 1);
    say("writer", "nanosleep", 1);
    say("writer", "write", 1);
    say("main", "forks", 1);
    say("forks", "fork", 1);
    say("forks", "waitpid", 1);
}

QUIET NOINLINE static unsigned count_of(char **argv) {
    any = text;
    return number(argv[1]);
}

int main(int argc, char **argv) {
    const unsigned count = argc == 2 ? count_of(argv) : 0;
    const pid_t self = getpid();
    for (unsigned i = 0; i < count; i++) {
        free(allocate(i + 1));
        sink = length();
        copies(i % 32);
        sorter();
        jumps();
        indirect();
    }
    waits();
    forks();
    if (getpid() == self) {
        says(count);
        return 0;
    }
    for (int i = 0; i < CHILD_CALLS; i++)
        sink = length();
    child_says();
}
