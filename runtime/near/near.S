/* SPDX-License-Identifier: MIT */
/*
 * What the recorder interposes, for one module: its own calls of these functions go to libcinstr, wherever
 * that stands in the process. A library that a host has loaded, which knows nothing of cinstr, would
 * otherwise find libc's first. Linked, hidden, into each module that links -lcinstr, as the hooks are;
 * weak, since the program may have its own.
 */
.macro near name
    .weak \name
    .hidden \name
    .type \name, %function
\name:
    .cfi_startproc
#if defined(__x86_64__)
    endbr64
    jmp *cinstr1_\name@GOTPCREL(%rip)
#elif defined(__aarch64__)
    hint #34 /* bti c */
    adrp x16, :got:cinstr1_\name
    ldr x16, [x16, #:got_lo12:cinstr1_\name]
    br x16
#endif
    .cfi_endproc
    .size \name, . - \name
.endm

    .text
    near setjmp
    near _setjmp
    near __sigsetjmp
    near longjmp
    near _longjmp
    near siglongjmp
    near __longjmp_chk
    near __cxa_begin_catch
    near makecontext
    near swapcontext
    near setcontext
    near sigaltstack
    near dlclose
    near vfork
    near pthread_setcanceltype
    near prctl
    near syscall

    .section .note.GNU-stack, "", %progbits
