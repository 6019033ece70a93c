/* SPDX-License-Identifier: MIT */
/*
 * Promise: after posix_spawn and vfork+exec, parent and child each write a profile with their own
 * calls. The parent starts itself 20 times in each way, with the argument "child".
 */
#include <spawn.h>
#include <sys/wait.h>

#include "said.h"

extern char **environ;
static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static pid_t start(int by_vfork) {
    char *const arguments[] = {(char *)"spawn", (char *)"child", NULL};
    pid_t pid = -1;
    if (!by_vfork) {
        must(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environ) == 0,
             "posix_spawn");
        return pid;
    }
    pid = vfork();
    if (pid == 0) {
        execv("/proc/self/exe", arguments);
        _exit(98);
    }
    return pid;
}

int main(int argc, char **argv) {
    const int is_child = argc == 2 && strcmp(argv[1], "child") == 0;
    const unsigned calls = is_child ? 333 : 40;
    for (unsigned i = 0; i < calls; i++) {
        int status = 0;
        leaf();
        if (!is_child) {
            must(waitpid(start(i % 2), &status, 0) > 0 && status == 0, "child");
        }
    }
    say("-", "main", 1);
    say("main", "leaf", calls);
    say("main", "start", is_child ? 0 : calls);
    return 0;
}
