/* SPDX-License-Identifier: MIT */
/*
 * syscall(2), interposed whole: libraries that install seccomp filters use it. Any call but those that may
 * begin a sandbox is made here, without a frame, as the C library does.
 */

#undef syscall /* the recorder's own, elsewhere */

    .text
    .globl syscall, cinstr1_syscall
    .set cinstr1_syscall, syscall
    .type syscall, %function
    .type cinstr1_syscall, %function
#if defined(__x86_64__)
syscall:
    .cfi_startproc
    endbr64
    cmp $157, %rdi /* prctl */
    je cinstr_watched_call
    cmp $317, %rdi /* seccomp */
    je cinstr_watched_call
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    mov 8(%rsp), %r9
    syscall
    cmp $-4095, %rax
    jae 1f
    ret
1:  mov %rax, %rdi
    jmp cinstr_system_failure
    .cfi_endproc
#elif defined(__aarch64__)
syscall:
    .cfi_startproc
    hint #34 /* bti c */
    cmp x0, #167 /* prctl */
    b.eq 2f
    cmp x0, #277 /* seccomp */
    b.eq 2f
    mov x8, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    mov x3, x4
    mov x4, x5
    mov x5, x6
    svc #0
    cmn x0, #4095
    b.cs 1f
    ret
1:  b cinstr_system_failure
2:  b cinstr_watched_call
    .cfi_endproc
#endif
    .size syscall, . - syscall
    .size cinstr1_syscall, . - syscall

    .section .note.GNU-stack, "", %progbits
