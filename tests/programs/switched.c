/* SPDX-License-Identifier: MIT */
/*
 * Promise: stacks that a program switches to by its own code, without a library, are recorded
 * exactly after they were named by cinstr_stack_switch(), even in memory that is reused. Argument:
 * COROUTINES, each resumed three times. The switch is the usual few instructions of x86-64.
 */
#include <cinstr.h>

#include <sys/mman.h>

#include "said.h"

enum { STACK = 65536, RESUMES = 3 };

static void *main_sp, *coroutine_sp;
static volatile int sink;

/* Saves the registers a callee must keep, and the stack pointer in *from. Continues at `to`. */
void stack_swap(void **from, void *to);
__asm__(".text\n"
        ".globl stack_swap\n"
        "stack_swap:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n");

NOINLINE static void leaf(void) {
    sink = sink + 1;
}

NOINLINE static void step(void) {
    leaf();
    leaf();
    stack_swap(&coroutine_sp, main_sp);
}

static void body(void) {
    for (;;)
        step();
}

QUIET static void start(char *stack) {
    void **top = (void **)(stack + STACK);
    cinstr_stack_switch(stack, stack + STACK);
    *--top = NULL; /* the stack pointer at a function's entry is 8 past a multiple of 16 */
    *--top = (void *)body;
    top -= 6;
    coroutine_sp = top;
}

NOINLINE static void resume(void) {
    stack_swap(&main_sp, coroutine_sp);
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: switched COROUTINES");
    const unsigned count = number(argv[1]);
    char *stack =
        (char *)mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(stack != MAP_FAILED, "mmap");

    for (unsigned i = 0; i < count; i++) {
        start(stack);
        for (int k = 0; k < RESUMES; k++)
            resume();
    }
    say("-", "main", 1);
    say("main", "resume", count * RESUMES);
    say("-", "body", count);
    say("body", "step", count * RESUMES);
    say("step", "leaf", count * RESUMES * 2);
    return 0;
}
