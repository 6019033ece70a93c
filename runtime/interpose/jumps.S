/* SPDX-License-Identifier: MIT */
/*
 * setjmp, _setjmp and __sigsetjmp, interposed: note the call, then jump (not call) to the C library's, so
 * that it saves the caller's own registers and return address. Arguments are kept.
 */

#undef syscall /* an instruction here */

#if defined(__x86_64__)
.macro interpose name
    .globl \name, cinstr1_\name
    .set cinstr1_\name, \name
    .type \name, @function
    .type cinstr1_\name, @function
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
    .size cinstr1_\name, . - \name
.endm
.hidden cinstr_real_setjmp
.hidden cinstr_real__setjmp
.hidden cinstr_real___sigsetjmp
#elif defined(__aarch64__)
.macro interpose name
    .globl \name, cinstr1_\name
    .set cinstr1_\name, \name
    .type \name, %function
    .type cinstr1_\name, %function
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
    .size cinstr1_\name, . - \name
.endm
#endif

    .text
    interpose setjmp
    interpose _setjmp
    interpose __sigsetjmp

/*
 * vfork, whole: parent and child share this stack, so nothing may be kept on it, and no wrapper in C
 * can return twice. The return address waits in a register that the kernel keeps.
 */
    .globl vfork, cinstr1_vfork
    .set cinstr1_vfork, vfork
#if defined(__x86_64__)
    .type vfork, @function
    .type cinstr1_vfork, @function
vfork:
    .cfi_startproc
    endbr64
    lea 8(%rsp), %rdi
    sub $8, %rsp
    .cfi_adjust_cfa_offset 8
    call cinstr_before_vfork
    add $8, %rsp
    .cfi_adjust_cfa_offset -8
    pop %rdi
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %rdi
    mov $58, %eax
    syscall
    push %rdi
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rip, 0
    test %eax, %eax
    jnz 1f
    ret
1:  mov %rax, %rdi
    jmp cinstr_after_vfork
    .cfi_endproc
    .size vfork, . - vfork
    .size cinstr1_vfork, . - vfork
#elif defined(__aarch64__)
    .type vfork, %function
    .type cinstr1_vfork, %function
vfork:
    .cfi_startproc
    paciasp
    stp x29, x30, [sp, #-16]!
    .cfi_adjust_cfa_offset 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    add x0, sp, #16
    bl cinstr_before_vfork
    ldp x29, x30, [sp], #16
    .cfi_restore x29
    .cfi_restore x30
    .cfi_adjust_cfa_offset -16
    autiasp
    mov x0, #0x4111 /* CLONE_VM | CLONE_VFORK | SIGCHLD */
    mov x1, #0
    mov x8, #220 /* clone */
    svc #0
    cbnz x0, 1f
    ret
1:  b cinstr_after_vfork
    .cfi_endproc
    .size vfork, . - vfork
    .size cinstr1_vfork, . - vfork
#endif

    .section .note.GNU-stack, "", %progbits
