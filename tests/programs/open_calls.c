/* SPDX-License-Identifier: MIT */
/*
 * Promise: calls that are open at a fork or at a reset end later without harm, although they are
 * not counted in the child or after the reset. Argument: how deep they are.
 */
#include <cinstr.h>

#include <sys/wait.h>

#include "said.h"

static volatile unsigned sink;

NOINLINE static void leaf(void) {
    sink++;
}

QUIET static void split(void) {
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0)
        return;
    must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "fork");
    cinstr_reset();
}

NOINLINE static void deep(unsigned depth) {
    if (depth > 0)
        deep(depth - 1);
    else
        split();
    sink++;
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: open_calls DEPTH");
    deep(number(argv[1]));
    for (int i = 0; i < 3; i++)
        leaf();
    say("main", "leaf", 3);
    return 0;
}
