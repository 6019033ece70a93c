/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_SYSTEM_CALL_H
#define CINSTR_RUNTIME_BASE_SYSTEM_CALL_H

/* A system call of the program's, whatever its sandbox; the kernel's own result. Those of the recorder go
 * by libc's names: see system_calls.c. */
long system_call(long number, const long a[6]);

#endif
