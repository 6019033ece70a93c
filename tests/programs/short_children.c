/* SPDX-License-Identifier: MIT */
/*
 * Promise: the calls of fork children that live for a moment only are in their parent's profile,
 * under the label process=child, and they write no profile, however they end: by _exit, _Exit,
 * quick_exit, or exec and its variants (of true). tried: an exec that fails, then one along PATH.
 * nested: a child has a child itself. seconds: it lives for seconds, and writes a profile. abort:
 * it leaves its segment. at_once: eight threads fork at once. Arguments: HOW, HOW OFTEN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int sink;

__attribute__((noinline)) static void leaf(void) {
    sink++;
}

__attribute__((noinline)) static void in_child(int times) {
    for (int i = 0; i < times; i++)
        leaf();
}

__attribute__((noinline)) static void run_child(const char *how);

__attribute__((noinline)) static int spawn(const char *how) {
    const pid_t pid = strcmp(how, "_Fork") == 0 ? _Fork() : fork();
    int status;
    if (pid == 0)
        run_child(how);
    const int wanted = strcmp(how, "abort") == 0 ? SIGABRT : 0;
    return waitpid(pid, &status, 0) == pid && (status & 0x7f) == wanted ? WEXITSTATUS(status) : 1;
}

static void become(const char *how) {
    static char *const arguments[] = {"true", NULL}, *const none[] = {NULL};
    if (strcmp(how, "exec") == 0)
        execve("/bin/true", arguments, none);
    if (strcmp(how, "execl") == 0)
        execl("/bin/true", "true", "one", "two", (char *)NULL);
    if (strcmp(how, "execle") == 0)
        execle("/bin/sh", "sh", "-c", "test \"$A$0\" = bsh", (char *)NULL, (char *[]){"A=b", NULL});
    if (strcmp(how, "execlp") == 0)
        execlp("true", "true", (char *)NULL);
    if (strcmp(how, "execvpe") == 0)
        execvpe("true", arguments, none);
    if (strcmp(how, "fexecve") == 0)
        fexecve(open("/bin/true", O_RDONLY | O_CLOEXEC), arguments, none);
    if (strcmp(how, "execveat") == 0)
        execveat(AT_FDCWD, "/bin/true", arguments, none, 0);
    if (strcmp(how, "tried") == 0) {
        execv("/nonexistent/true", arguments);
        in_child(1); /* calls after an exec that failed count, too */
        execvp("true", arguments);
    }
}

__attribute__((noinline)) static void run_child(const char *how) {
    in_child(3);
    if (strcmp(how, "nested") == 0 && spawn("_exit") != 0)
        _exit(1);
    if (strcmp(how, "seconds") == 0)
        nanosleep(&(struct timespec){1, 200000000}, NULL);
    if (strcmp(how, "_Exit") == 0)
        _Exit(0);
    if (strcmp(how, "quick_exit") == 0)
        quick_exit(0);
    if (strcmp(how, "abort") == 0)
        abort();
    become(how);
    _exit(strstr(how, "exec") != NULL || strcmp(how, "tried") == 0);
}

static const char *how_children_end;
static int how_often;
static pthread_barrier_t all_started;

static void *spawn_some(void *status) {
    pthread_barrier_wait(&all_started);
    for (int i = 0; i < how_often; i++)
        *(int *)status |= spawn(how_children_end);
    return NULL;
}

__attribute__((no_instrument_function)) static int spawn_at_once(void) {
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    int status[THREADS] = {0}, failed = 0;
    pthread_barrier_init(&all_started, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, spawn_some, &status[i]) != 0)
            return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        failed |= status[i];
    }
    return failed;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    how_children_end = argv[1];
    how_often = (int)strtol(argv[2], NULL, 10);
    if (strcmp(argv[1], "at_once") == 0) {
        if (spawn_at_once() != 0)
            return 1;
    } else {
        for (int i = 0; i < how_often; i++) {
            if (spawn(argv[1]) != 0)
                return 1;
        }
    }
    leaf();
    return 0;
}
