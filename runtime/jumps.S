/* SPDX-License-Identifier: MIT */
/*
 * setjmp, _setjmp and __sigsetjmp, interposed: note the call, then jump (not call) to the C library's, so
 * that it saves the caller's own registers and return address. Arguments are kept.
 */

#if defined(__x86_64__)
.macro interpose name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    endbr64
    push %rdi
    .cfi_adjust_cfa_offset 8
    push %rsi
    .cfi_adjust_cfa_offset 8
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    lea 32(%rsp), %rsi
    call cinstr_note_setjmp
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    pop %rsi
    .cfi_adjust_cfa_offset -8
    pop %rdi
    .cfi_adjust_cfa_offset -8
    jmp *cinstr_real_\name(%rip)
    .cfi_endproc
    .size \name, . - \name
.endm
.hidden cinstr_real_setjmp
.hidden cinstr_real__setjmp
.hidden cinstr_real___sigsetjmp
#elif defined(__aarch64__)
.macro interpose name
    .globl \name
    .type \name, %function
\name:
    .cfi_startproc
    paciasp
    stp x29, x30, [sp, #-32]!
    .cfi_adjust_cfa_offset 32
    .cfi_offset x29, -32
    .cfi_offset x30, -24
    stp x0, x1, [sp, #16]
    add x1, sp, #32
    bl cinstr_note_setjmp
    ldp x0, x1, [sp, #16]
    ldp x29, x30, [sp], #32
    .cfi_restore x29
    .cfi_restore x30
    .cfi_adjust_cfa_offset -32
    autiasp
    adrp x16, cinstr_real_\name
    ldr x16, [x16, #:lo12:cinstr_real_\name]
    br x16
    .cfi_endproc
    .size \name, . - \name
.endm
#endif

    .text
    interpose setjmp
    interpose _setjmp
    interpose __sigsetjmp

    .section .note.GNU-stack, "", %progbits
