/* SPDX-License-Identifier: MIT */
/*
 * Between jumps.S (the setjmp family, which must not leave a frame behind) and jumps.c.
 */
#ifndef CINSTR_RUNTIME_JUMPS_H
#define CINSTR_RUNTIME_JUMPS_H

#include <setjmp.h>
#include <stdint.h>

/* Finds the functions of libc behind the interposed ones. */
void jumps_init(void);

void cinstr_note_setjmp(const void *buffer, uintptr_t sp);

/* Called in the parent alone; the latter turns the kernel's result into vfork()'s. */
void cinstr_before_vfork(uintptr_t sp);
long cinstr_after_vfork(long result);

/* The C library's own, set by jumps_init(); the assembly jumps through them. */
extern void *cinstr_real_setjmp, *cinstr_real__setjmp, *cinstr_real___sigsetjmp;
extern void (*cinstr_real_longjmp)(struct __jmp_buf_tag *, int);
extern void (*cinstr_real_siglongjmp)(struct __jmp_buf_tag *, int);
extern void (*cinstr_real_longjmp_chk)(struct __jmp_buf_tag *, int);
extern void *(*cinstr_real_begin_catch)(void *);

void _longjmp(jmp_buf buffer, int value) __attribute__((noreturn));
void __longjmp_chk(jmp_buf buffer, int value) __attribute__((noreturn));
void *__cxa_begin_catch(void *exception);

/* Called before __builtin_setjmp() and __builtin_longjmp() in files that `cinstr cc` compiles. */
#pragma GCC visibility push(default)
void cinstr1_builtin_setjmp(const void *buffer);
void cinstr1_builtin_longjmp(const void *buffer);
#pragma GCC visibility pop

#endif
