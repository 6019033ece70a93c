/* SPDX-License-Identifier: MIT */
/* clone(2) without libc: a block for each architecture. */
#ifndef CINSTR_RUNTIME_CLONE_H
#define CINSTR_RUNTIME_CLONE_H

#include <errno.h>
#include <sys/syscall.h>

/* The child calls function(argument) on the stack that ends at `end`, and exits with its result.
 * Returns the child's pid; -1 with errno set. */
static inline long clone_with_stack(unsigned long flags, void *end, int (*function)(void *),
                                    void *argument) {
    long result;
#if defined(__x86_64__)
    register int (*run)(void *) __asm__("r12") = function;
    register void *with __asm__("r13") = argument;
    register long child_tid __asm__("r10") = 0;
    register long tls __asm__("r8") = 0;

    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "mov %%eax, %%edi\n\t"
                     "mov %[exit], %%eax\n\t"
                     "syscall\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"((long)SYS_clone), "D"(flags), "S"(end), "d"(0L), "r"(child_tid),
                       "r"(tls), "r"(run), "r"(with), [exit] "i"(SYS_exit)
                     : "rcx", "r11", "memory", "cc");
#elif defined(__aarch64__)
    register int (*run)(void *) __asm__("x19") = function;
    register void *with __asm__("x20") = argument;
    register long number __asm__("x8") = SYS_clone;
    register unsigned long first __asm__("x0") = flags;
    register void *stack __asm__("x1") = end;
    register long parent_tid __asm__("x2") = 0, tls __asm__("x3") = 0, child_tid __asm__("x4") = 0;

    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t"
                     "mov x0, x20\n\t"
                     "blr x19\n\t"
                     "mov x8, %[exit]\n\t"
                     "svc 0\n"
                     "1:"
                     : "+r"(first)
                     : "r"(number), "r"(stack), "r"(parent_tid), "r"(tls), "r"(child_tid), "r"(run),
                       "r"(with), [exit] "i"(SYS_exit)
                     : "memory", "cc");
    result = (long)first;
#else
#error "cinstr: no clone() for this architecture; add a block here"
#endif
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

#endif
