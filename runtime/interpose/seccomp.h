/* SPDX-License-Identifier: MIT */
/* Between system_call.S and seccomp.c. */
#ifndef CINSTR_RUNTIME_INTERPOSE_SECCOMP_H
#define CINSTR_RUNTIME_INTERPOSE_SECCOMP_H

/* As syscall(2), but that it looks at nothing. */
long cinstr_system_call(long number, ...);
/* Of the kernel's result: sets errno, returns -1. */
long cinstr_system_failure(long result);
/* A prctl() or seccomp(), which may begin a sandbox. */
long cinstr_watched_call(long number, unsigned long a, unsigned long b, unsigned long c,
                         unsigned long d, unsigned long e, unsigned long f);

#endif
