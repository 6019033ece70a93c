/* SPDX-License-Identifier: MIT */
/*
 * makecontext(), interposed: the stack of a coroutine is made known before anything runs on it.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <ucontext.h>

#include "process.h"

/* glibc's own allows any number; nobody has been seen to use more. */
#define ARGUMENTS 16

__attribute__((visibility("default"))) void makecontext(ucontext_t *context, void (*function)(void),
                                                        int count, ...) {
    static void (*real)(ucontext_t *, void (*)(void), int, ...);
    uint64_t a[ARGUMENTS];
    va_list arguments;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "makecontext");
    va_start(arguments, count);
    for (int i = 0; i < ARGUMENTS; i++)
        a[i] = i < count ? va_arg(arguments, uint64_t) : 0;
    va_end(arguments);
    if (process_state == PROCESS_UP && !process_is_forked()) {
        const uintptr_t low = (uintptr_t)context->uc_stack.ss_sp;
        stacks_register(low, low + context->uc_stack.ss_size);
    }
    real(context, function, count, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9],
         a[10], a[11], a[12], a[13], a[14], a[15]);
}
