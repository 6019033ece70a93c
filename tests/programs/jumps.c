/* SPDX-License-Identifier: MIT */
/*
 * Promise: a million longjmps out of nested calls, and 100,000 siglongjmps out of handlers, leave
 * every edge exact and the shadow stack no deeper: the call after each jump is main's.
 */
#include <setjmp.h>
#include <signal.h>

#include "said.h"

static jmp_buf target;
static sigjmp_buf signal_target;
static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void jump(void) {
    leaf();
    longjmp(target, 1);
}

NOINLINE static void outer(void) {
    jump();
    sink++;
}

static void handler(int number) {
    (void)number;
    leaf();
    siglongjmp(signal_target, 1);
}

NOINLINE static void interrupted(void) {
    raise(SIGUSR1);
    sink++;
}

int main(int argc, char **argv) {
    const unsigned count = argc == 2 ? number(argv[1]) : 0;
    struct sigaction action = {.sa_handler = handler};
    must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    for (volatile unsigned i = 0; i < count; i++) {
        if (setjmp(target) == 0)
            outer();
        leaf();
    }
    for (volatile unsigned i = 0; i < count / 10; i++) {
        if (sigsetjmp(signal_target, 1) == 0)
            interrupted();
        leaf();
    }
    say("-", "main", 1);
    say("main", "outer", count);
    say("outer", "jump", count);
    say("jump", "leaf", count);
    say("main", "interrupted", count / 10);
    say("interrupted", "handler", count / 10);
    say("handler", "leaf", count / 10);
    say("main", "leaf", count + count / 10);
    return 0;
}
