/* SPDX-License-Identifier: MIT */
/*
 * Promise: a vfork child that ends inside nested calls leaves no call open in its parent: after
 * each of N such children the next call has main() as its caller. Child and parent share their
 * memory, so the child's calls are in the parent's profile.
 */
/*
 * Promise: a vfork child that ends inside nested calls leaves no call open in its parent: after
 * each of N such children the next call has main() as its caller. Child and parent share their memory,
 * so the child's calls are in the parent's profile.
 */
#include <sys/wait.h>

#include "said.h"

static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE __attribute__((noreturn)) static void end_inside(void) {
    leaf();
    _exit(0);
}

NOINLINE static void nested(void) {
    end_inside();
}

int main(int argc, char **argv) {
    const unsigned count = argc == 2 ? number(argv[1]) : 0;
    for (unsigned i = 0; i < count; i++) {
        pid_t pid = vfork();
        if (pid == 0)
            nested();
        must(pid > 0 && waitpid(pid, NULL, 0) == pid, "vfork");
        leaf();
    }
    say("-", "main", 1);
    say("main", "nested", count);
    say("nested", "end_inside", count);
    say("end_inside", "leaf", count);
    say("main", "leaf", count);
    return 0;
}
