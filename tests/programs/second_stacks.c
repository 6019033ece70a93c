/* SPDX-License-Identifier: MIT */
/*
 * `second_stacks WHERE HOW`: coroutines run on a stack in a frame of the first stack (local), in a
 * static array, in the heap, or in a mapping. The program switches to it by swapcontext() (context)
 * or by its own code (unseen), after it has named the stack by cinstr_stack_switch(). Or handlers
 * run on an alternate stack there (signal: by raise(); timer: at any moment). Each coroutine
 * switches away inside an open call. Prints how often the handler ran.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include <cinstr.h>

#define NOINLINE __attribute__((noinline))
#define HIDDEN   __attribute__((no_instrument_function))

enum { SIZE = 65536, ROUNDS = 20, STEPS = 10, DEPTH = 60 };

static ucontext_t here, there;
static int (*swap)(ucontext_t *, const ucontext_t *) = swapcontext;
static void (*make)(ucontext_t *, void (*)(void), int, ...) = makecontext;
static const char *how;
static volatile long handled, sum;

HIDDEN static void give_way(void) {
    swap(&there, &here);
}

NOINLINE void leaf(void) {
    sum++;
}

NOINLINE void step(void) {
    leaf();
    give_way();
    leaf();
}

NOINLINE void coroutine(void) {
    for (int i = 0; i < STEPS; i++)
        step();
}

NOINLINE void work(void) {
    leaf();
}

NOINLINE void handler(int number) {
    (void)number;
    handled++;
    leaf();
}

NOINLINE void drive(char *stack) {
    getcontext(&there);
    there.uc_link = &here;
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = SIZE;
    if (strcmp(how, "unseen") == 0)
        cinstr_stack_switch(stack, stack + SIZE);
    make(&there, coroutine, 0);
    for (int i = 0; i <= STEPS; i++) {
        swap(&here, &there);
        work();
    }
}

NOINLINE void signalled(char *memory) {
    const stack_t stack = {.ss_sp = memory, .ss_size = SIZE};
    const stack_t none = {.ss_flags = SS_DISABLE};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    if (strcmp(how, "timer") == 0) {
        const struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
        setitimer(ITIMER_REAL, &often, NULL);
        for (int i = 0; i < 30000; i++)
            work();
        setitimer(ITIMER_REAL, &never, NULL);
    } else {
        for (int i = 0; i <= STEPS; i++) {
            raise(SIGUSR1);
            work();
        }
    }
    sigaltstack(&none, NULL);
}

NOINLINE void run(char *stack) {
    if (strcmp(how, "signal") == 0 || strcmp(how, "timer") == 0)
        signalled(stack);
    else
        drive(stack);
}

NOINLINE void on_frame(void) {
    char stack[SIZE];
    run(stack);
    work();
}

NOINLINE int deep(int n) {
    volatile char some[2000];
    some[0] = (char)n;
    leaf();
    return n > 1 ? deep(n - 1) + some[0] : 0;
}

HIDDEN static char *find_stack(const char *where) {
    static char array[SIZE];
    if (strcmp(where, "static") == 0)
        return array;
    if (strcmp(where, "heap") == 0)
        return malloc(SIZE);
    return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(int count, char **arguments) {
    const char *where = arguments[1];
    how = arguments[2];
    if (count > 2 && strcmp(how, "unseen") == 0) {
        void *libc = dlopen("libc.so.6", RTLD_NOW);
        *(void **)&swap = dlsym(libc, "swapcontext");
        *(void **)&make = dlsym(libc, "makecontext");
    }
    for (int i = 0; i < ROUNDS; i++) {
        if (strcmp(where, "local") == 0)
            on_frame();
        else
            run(find_stack(where));
        deep(DEPTH);
    }
    printf("%ld\n", handled);
    return 0;
}
