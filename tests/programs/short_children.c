/* SPDX-License-Identifier: MIT */
/*
 * Promise: the calls of fork children that live for a moment are in their parent's profile, under
 * the label process=child, and they leave no profile of their own, however they end: _exit, _Exit,
 * quick_exit; exec and its like (of true), tried (exec along a path whose first folders do not have
 * it). nested: a child has children of its own. seconds: it works for seconds, and keeps a profile;
 * abort: it leaves its records. Arguments: HOW, HOW OFTEN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
        in_child(1); /* what is called in between counts too */
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

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    for (int i = (int)strtol(argv[2], NULL, 10); i > 0; i--) {
        if (spawn(argv[1]) != 0)
            return 1;
    }
    leaf();
    return 0;
}
