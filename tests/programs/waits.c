/* SPDX-License-Identifier: MIT */
/*
 * A program that obeys its input, for the tests of the command. It makes some calls, prints "ready"
 * and reads lines from standard input: `work N` calls leaf() N times, `exit N` exits, `kill N`
 * raises signal N, `leave` ends by _exit(), `fork` creates a child that works and exits. On SIGUSR1
 * and SIGTERM it prints their names. A second thread waits inside two calls.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "said.h"

static volatile unsigned sink;
static int pipe_ends[2];
static pthread_barrier_t both_are_ready;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void work(unsigned calls) {
    for (unsigned i = 0; i < calls; i++)
        leaf();
}

NOINLINE static void sleep_inside(void) {
    char byte;
    must(read(pipe_ends[0], &byte, 1) >= 0, "read");
    sink++;
}

NOINLINE static void wait_in_thread(void) {
    work(500);
    pthread_barrier_wait(&both_are_ready);
    sleep_inside();
    sink++;
}

/* The recorder takes a thread's name at its first instrumented call. */
QUIET static void *run_thread(void *unused) {
    pthread_setname_np(pthread_self(), "waiter");
    wait_in_thread();
    return unused;
}

QUIET static void answer(int number) {
    const char *name = number == SIGUSR1 ? "USR1\n" : "TERM\n";
    must(write(STDOUT_FILENO, name, 5) == 5, "write");
}

NOINLINE static void obey(char *line) {
    char *argument = strchr(line, ' ');
    const unsigned count = argument == NULL ? 0 : number(argument + 1);
    if (strncmp(line, "work", 4) == 0) {
        work(count);
    } else if (strncmp(line, "exit", 4) == 0) {
        exit((int)count);
    } else if (strncmp(line, "kill", 4) == 0) {
        raise((int)count);
    } else if (strncmp(line, "leave", 5) == 0) {
        _exit(0);
    } else if (strncmp(line, "fork", 4) == 0) {
        if (fork() == 0) {
            work(10);
            exit(0);
        }
        wait(NULL);
    }
    puts("done");
    fflush(stdout);
}

QUIET static char *next_line(char *line, int size) {
    while (fgets(line, size, stdin) == NULL) {
        if (errno != EINTR || feof(stdin))
            return NULL;
        clearerr(stdin);
    }
    return line;
}

int main(void) {
    char line[64];
    pthread_t thread;
    signal(SIGUSR1, answer);
    signal(SIGTERM, answer);
    must(pipe(pipe_ends) == 0, "pipe");
    pthread_barrier_init(&both_are_ready, NULL, 2);
    must(pthread_create(&thread, NULL, run_thread, NULL) == 0, "pthread_create");
    work(1000);
    pthread_barrier_wait(&both_are_ready);
    puts("ready");
    fflush(stdout);
    while (next_line(line, sizeof(line)) != NULL)
        obey(line);
    return 0;
}
