/* SPDX-License-Identifier: MIT */
/*
 * Promise: after fork, _Fork or a bare clone, parent and child each record exactly their own calls.
 * Calls that are open at a fork() are the child's callers, but are not counted in it. Arguments:
 * HOW (fork, _Fork, clone) THREADS FORKS. So many threads of the parent make calls meanwhile.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "said.h"

enum { THREADS_MAX = 64 };

static volatile int sink, is_over;
static unsigned long long thread_calls[THREADS_MAX];

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void child_leaf(void) {
    sink++;
}

static void *worker(void *argument) {
    unsigned long long *calls = argument;
    while (!is_over) {
        ++*calls;
        leaf();
    }
    return NULL;
}

NOINLINE static void in_child(void) {
    for (int i = 0; i < 777; i++)
        child_leaf();
}

NOINLINE static pid_t split(const char *how) {
    pid_t pid = strcmp(how, "fork") == 0    ? fork()
                : strcmp(how, "_Fork") == 0 ? _Fork()
                                            : (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        in_child();
        /* only fork() itself tells the recorder which calls are open */
        say(strcmp(how, "fork") == 0 ? "split" : "*", "in_child", 1);
        say("in_child", "child_leaf", 777);
        exit(0);
    }
    return pid;
}

int main(int argc, char **argv) {
    must(argc == 4, "usage: forks HOW THREADS FORKS");
    const int threads = (int)number(argv[2]), forks = (int)number(argv[3]);
    unsigned long long calls = 0;
    pthread_t handles[THREADS_MAX];

    must(threads <= THREADS_MAX, "at most 64 threads");
    for (int i = 0; i < threads; i++)
        must(pthread_create(&handles[i], NULL, worker, &thread_calls[i]) == 0, "pthread_create");
    for (int i = 0; i < 100000; i++)
        leaf();
    for (int i = 0; i < forks; i++) {
        int status = 0;
        pid_t pid = split(argv[1]);
        must(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
        must(status == 0, "child's status");
        leaf();
    }
    is_over = 1;
    for (int i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
        calls += thread_calls[i];
    }
    say("-", "main", 1);
    say("main", "leaf", 100000 + (unsigned)forks);
    say("main", "split", (unsigned)forks);
    say("-", "worker", (unsigned)threads);
    say("worker", "leaf", calls);
    return 0;
}
