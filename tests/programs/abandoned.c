/* SPDX-License-Identifier: MIT */
/*
 * Promise: a coroutine's stack is given to a new coroutine while the old one still has open calls
 * on it, and no instrumented call is made between the two. The new one's calls are recorded as its
 * own, even after the program has switched away from it and back.
 */
#include <ucontext.h>

#include "said.h"

enum { COUNT = 1000 };

static ucontext_t here, there;
static char stack[65536];
static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void inner(void) {
    leaf();
    swapcontext(&there, &here);
    leaf();
}

static void coroutine(void) {
    inner();
    inner();
}

QUIET static void run(void) {
    must(getcontext(&there) == 0, "getcontext");
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof(stack);
    there.uc_link = &here;
    makecontext(&there, coroutine, 0);
    swapcontext(&here, &there);
}

int main(void) {
    for (int i = 0; i < COUNT; i++) {
        run(); /* switches away in the first inner() */
        run(); /* the same stack at once */
        leaf();
        swapcontext(&here, &there); /* goes on into the second inner() */
        leaf();
    }
    say("-", "main", 1);
    say("main", "leaf", 2 * COUNT);
    say("-", "coroutine", 2 * COUNT);
    say("coroutine", "inner", 3 * COUNT);
    say("inner", "leaf", 4 * COUNT);
    return 0;
}
