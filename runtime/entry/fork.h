/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_FORK_H
#define CINSTR_RUNTIME_ENTRY_FORK_H

#include <stdbool.h>
#include <stdint.h>

/* Registers the handlers that run before and after fork(). */
void fork_init(void);

/* Gives a fork child a segment of its own and the calling thread a lane that carries the open
 * calls. False when nothing can be recorded in it. Async-signal-safe. */
bool process_after_fork(uintptr_t sp);

#endif
