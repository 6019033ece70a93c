/* SPDX-License-Identifier: MIT */
/* Between system_call.S and seccomp.c. */
#ifndef CINSTR_RUNTIME_INTERPOSE_SECCOMP_H
#define CINSTR_RUNTIME_INTERPOSE_SECCOMP_H

/* Turns the kernel's negative result into errno, and returns -1. */
long cinstr_system_failure(long result);
/* A prctl() or seccomp(), which may begin a sandbox. */
long cinstr_watched_call(long number, long a, long b, long c, long d, long e, long f);

#endif
