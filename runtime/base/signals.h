/* SPDX-License-Identifier: MIT */
/* A section in which no signal handler runs in this thread. */
#ifndef CINSTR_RUNTIME_SIGNALS_H
#define CINSTR_RUNTIME_SIGNALS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A set of signals in the kernel's format. */
typedef uint64_t signals_mask;

/* Blocks all signals; returns those that were blocked before. */
static inline signals_mask signals_block(void) {
    const signals_mask all = ~UINT64_C(0);
    signals_mask before = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof(before));
    return before;
}

static inline void signals_restore(signals_mask before) {
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
}

#endif
