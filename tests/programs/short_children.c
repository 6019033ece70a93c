/* SPDX-License-Identifier: MIT */
/*
 * Promise: the calls of fork children that live for a moment only are in their parent's profile,
 * under the label process=child, and they write no profile, however they end: by _exit, _Exit,
 * quick_exit, or exec and its variants (of true). tried: an exec that fails, then one along PATH.
 * nested: a child has a child itself. seconds: it lives for seconds, and writes a profile. abort:
 * it leaves its segment. Arguments: HOW, HOW OFTEN.
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
