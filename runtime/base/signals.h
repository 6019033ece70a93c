/* SPDX-License-Identifier: MIT */
/* A while in which no handler runs in this thread. */
#ifndef CINSTR_RUNTIME_SIGNALS_H
#define CINSTR_RUNTIME_SIGNALS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A set of signals as the kernel has it. */
typedef uint64_t signals_mask;

/* Blocks all signals; returns which were blocked before. */
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
