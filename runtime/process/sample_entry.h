/* SPDX-License-Identifier: MIT */
/* preload.c finds these by name. */
#ifndef CINSTR_RUNTIME_PROCESS_SAMPLE_ENTRY_H
#define CINSTR_RUNTIME_PROCESS_SAMPLE_ENTRY_H

#include <stdint.h>

#pragma GCC visibility push(default)
/* Samples the calling thread, whose stack is [low, high), by unwinding. */
void cinstr_sample_thread(uintptr_t low, uintptr_t high);
/* Call it when the process ends by _exit(): if there are no samples it leaves no segment.
 * Async-signal-safe. */
void cinstr_sample_end(void);
#pragma GCC visibility pop

#endif
