/* SPDX-License-Identifier: MIT */
/* A thread's lanes from its first hook to its end. */
#ifndef CINSTR_RUNTIME_ENTRY_THREADS_H
#define CINSTR_RUNTIME_ENTRY_THREADS_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* Makes lane 0, which the trees of ended threads are added to. */
void retire_init(void);
/* The calling thread's first lane, at its first hook; NULL: no memory. */
struct lane *lane_attach(uintptr_t sp);

#endif
