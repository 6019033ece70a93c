/* SPDX-License-Identifier: MIT */
/*
 * Interposed functions that change what addresses mean. makecontext(), swapcontext(), setcontext()
 * and sigaltstack(): the recorder learns of a stack before anything runs on it, and follows a
 * switch at once, so that a signal handler that comes before the next hook is known to have
 * interrupted the right stack. dlclose(): what is loaded next may get the addresses of what was
 * unloaded. _Fork(): makes room for a child's calls.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "near_name.h"
#include "runtime/base/lane.h"
#include "runtime/base/libc.h"
#include "runtime/base/state.h"
#include "runtime/entry/cancellation.h"
#include "runtime/entry/children.h"
#include "runtime/entry/entry.h"
#include "runtime/entry/lane_select.h"
#include "runtime/entry/stack_switch.h"
#include "runtime/segment/modules.h"
#include "runtime/tree/places.h"

/* glibc's own allows any number; nobody has been seen to use more. */
#define ARGUMENTS 16

__attribute__((visibility("default"))) void makecontext(ucontext_t *context, void (*function)(void),
                                                        int count, ...) {
    static void (*real)(ucontext_t *, void (*)(void), int, ...);
    uint64_t a[ARGUMENTS];
    va_list arguments;
    if (real == NULL)
        *(void **)&real = next_symbol("makecontext");
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
NEAR_NAME(makecontext);

/* The C library's does no more than the system call. */
__attribute__((visibility("default"))) int sigaltstack(const stack_t *stack, stack_t *old) {
    const int result = (int)syscall(SYS_sigaltstack, stack, old);
    if (result == 0 && stack != NULL && (stack->ss_flags & SS_DISABLE) == 0)
        lane_exclude((uintptr_t)stack->ss_sp + stack->ss_size,
                     (uintptr_t)__builtin_frame_address(0));
    return result;
}
NEAR_NAME(sigaltstack);

/* A stack that is still empty ends where its pointer is. */
static void follow_switch(const ucontext_t *target) {
#if defined(__x86_64__)
    const uintptr_t sp = (uintptr_t)target->uc_mcontext.gregs[REG_RSP] - 1;
#elif defined(__aarch64__)
    const uintptr_t sp = target->uc_mcontext.sp - 1;
#endif
    const int saved_errno = errno;
    struct lane *lane;

    if (process_state == PROCESS_UP && !process_is_forked() && cinstr1_self->ready) {
        lane = lane_for_hook(sp);
        if (lane != NULL)
            lane_rest(lane);
    }
    errno = saved_errno;
}

/* The word belongs to the stack, which may be resumed by another thread. */
static int switch_slot(int (*real)(ucontext_t *, const ucontext_t *), ucontext_t *from,
                       const ucontext_t *to) {
    struct cinstr_place **slot = slot_get();
    int result;

    slot_set(&cinstr1_no_slot);
    result = real(from, to);
    slot_set(slot);
    return result;
}

__attribute__((visibility("default"))) int swapcontext(ucontext_t *from, const ucontext_t *to) {
    static int (*real)(ucontext_t *, const ucontext_t *);
    if (real == NULL)
        *(void **)&real = next_symbol("swapcontext");
    follow_switch(to);
    return switch_slot(real, from, to);
}
NEAR_NAME(swapcontext);

__attribute__((visibility("default"))) int setcontext(const ucontext_t *to) {
    static int (*real)(const ucontext_t *);
    if (real == NULL)
        *(void **)&real = next_symbol("setcontext");
    follow_switch(to);
    slot_set(&cinstr1_no_slot);
    return real(to);
}
NEAR_NAME(setcontext);

__attribute__((visibility("default"))) int pthread_setcanceltype(int type, int *old) {
    return cancellation_set(type, old);
}
NEAR_NAME(pthread_setcanceltype);

/* fork() without its handlers. */
__attribute__((visibility("default"))) pid_t _Fork(void) {
    static pid_t (*real)(void);
    if (real == NULL)
        *(void **)&real = next_symbol("_Fork");
    if (process_state == PROCESS_UP && !process_is_forked())
        children_prepare();
    return real();
}

/* dlopen() is left alone: it looks at where it is called from. */
__attribute__((visibility("default"))) int dlclose(void *library) {
    static int (*real)(void *);
    int result;
    if (real == NULL)
        *(void **)&real = next_symbol("dlclose");
    if (process_state != PROCESS_UP || process_is_forked())
        return real(library);
    const uint32_t generation = modules_before_unloading();
    result = real(library);
    modules_after_unloading(generation);
    return result;
}
NEAR_NAME(dlclose);
