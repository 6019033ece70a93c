/* SPDX-License-Identifier: MIT */
/*
 * Promise: calls of a signal handler on the alternate stack that interrupts a coroutine belong to
 * that coroutine, even if no instrumented call was made since the switch to it. A jump out of the
 * handler, or inside it, returns to its own setjmp, although handlers of other coroutines have run
 * on the same memory.
 */
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "said.h"

enum { COUNT = 1000 };

static ucontext_t here, there;
static char stack[65536], alternate[65536];
static volatile int sink;
static int expected; /* the handler makes a jump inside itself */

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void jump_back(sigjmp_buf *target) {
    siglongjmp(*target, 1);
}

static void handler(int number) {
    sigjmp_buf target;
    (void)number;
    if (expected && sigsetjmp(target, 0) == 0)
        jump_back(&target);
    leaf();
}

/* A signal interrupts it as soon as the coroutine has been resumed. */
NOINLINE static void inner(void) {
    for (;;) {
        swapcontext(&there, &here);
        raise(SIGUSR1);
    }
}

static void coroutine(void) {
    inner();
}

NOINLINE static void outer(void) {
    swapcontext(&here, &there);
}

NOINLINE static void interrupted(void) {
    raise(SIGUSR1);
}

int main(void) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    stack_t other = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
    must(sigaltstack(&other, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    must(getcontext(&there) == 0, "getcontext");
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof(stack);
    makecontext(&there, coroutine, 0);
    outer();
    for (int i = 0; i < COUNT; i++) {
        expected = i % 2;
        outer();
        interrupted();
    }
    say("-", "main", 1);
    say("main", "outer", COUNT + 1);
    say("main", "interrupted", COUNT);
    say("-", "coroutine", 1);
    say("coroutine", "inner", 1);
    say("inner", "handler", COUNT);
    say("interrupted", "handler", COUNT);
    say("handler", "jump_back", COUNT);
    say("handler", "leaf", 2 * COUNT);
    return 0;
}
