/* SPDX-License-Identifier: MIT */
/*
 * A stack large enough for the reader: symbols are looked up, and C++ names taken apart, in
 * recursive libraries, while exit() may be called by a thread that has a few pages. Used when a
 * profile is written from inside the process.
 */
#include "large_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "libc.h"

#define SIZE  (UINT64_C(8) << 20) /* only what is touched takes memory */
#define GUARD 4096u

struct call {
    void (*function)(void *);
    void *argument;
    ucontext_t here, there;
};

/* makecontext() hands on integers only. */
static void run(unsigned high, unsigned low) {
    struct call *call = (struct call *)((uintptr_t)high << 32 | low);
    call->function(call->argument);
}

/* Through the C library's own functions: a switch of ours is not to be followed. */
static bool run_on(char *stack, struct call *call) {
    void (*make)(ucontext_t *, void (*)(void), int, ...);
    int (*swap)(ucontext_t *, const ucontext_t *);

    *(void **)&make = next_symbol("makecontext");
    *(void **)&swap = next_symbol("swapcontext");
    if (make == NULL || swap == NULL || getcontext(&call->there) != 0)
        return false;
    call->there.uc_stack.ss_sp = stack + GUARD;
    call->there.uc_stack.ss_size = SIZE - GUARD;
    call->there.uc_link = &call->here;
    make(&call->there, (void (*)(void))run, 2, (unsigned)((uintptr_t)call >> 32),
         (unsigned)(uintptr_t)call);
    return swap(&call->here, &call->there) == 0;
}

void large_stack_call(void (*function)(void *), void *argument) {
    struct call call = {.function = function, .argument = argument};
    void *stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) { /* no room for it: then on this one */
        function(argument);
        return;
    }
    mprotect(stack, GUARD, PROT_NONE);
    if (!run_on(stack, &call))
        function(argument);
    munmap(stack, SIZE);
}
