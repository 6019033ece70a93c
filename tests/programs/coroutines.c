/* SPDX-License-Identifier: MIT */
/*
 * Promise: the calls of each coroutine are recorded as its own. There are 10,000 coroutines with
 * stacks of 64 KiB. Some never finish: their stacks are unmapped, or given to another coroutine at
 * once. The program tells the recorder nothing; it only calls makecontext().
 */
#include <sys/mman.h>
#include <ucontext.h>

#include "said.h"

enum { STACK = 65536, YIELDS = 3 };

static ucontext_t here, there;
static volatile int sink, finished;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void step(void) {
    leaf();
    swapcontext(&there, &here);
    leaf();
}

static void coroutine(void) {
    for (int i = 0; i < YIELDS; i++)
        step();
    finished = 1;
}

NOINLINE static void resume(void) {
    swapcontext(&here, &there);
}

QUIET static void prepare(char *stack) {
    must(getcontext(&there) == 0, "getcontext");
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = STACK;
    there.uc_link = &here;
    makecontext(&there, coroutine, 0);
    finished = 0;
}

QUIET static char *stack_map(void) {
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(stack != MAP_FAILED, "mmap");
    return stack;
}

/* Every third coroutine is finished. The others are abandoned in their first or second step. The
 * stack of every fourth is given to the next coroutine, without a call in between. */
int main(int argc, char **argv) {
    const unsigned count = argc == 2 ? number(argv[1]) : 0;
    unsigned long long resumes = 0, steps = 0, leaves = 0;
    char *stack = NULL;
    for (unsigned i = 0; i < count; i++) {
        const unsigned turns = i % 3 == 0 ? YIELDS + 1 : i % 3;
        if (stack == NULL)
            stack = stack_map();
        prepare(stack);
        for (unsigned turn = 0; turn < turns; turn++) {
            resume();
            resumes++;
        }
        steps += turns > YIELDS ? YIELDS : turns;
        leaves += turns > YIELDS ? 2 * YIELDS : 2 * turns - 1;
        must(finished == (turns > YIELDS), "coroutine");
        if (i % 4 != 0) {
            munmap(stack, STACK);
            stack = NULL;
        }
    }
    say("-", "main", 1);
    say("main", "resume", resumes);
    say("-", "coroutine", count);
    say("coroutine", "step", steps);
    say("step", "leaf", leaves);
    return 0;
}
