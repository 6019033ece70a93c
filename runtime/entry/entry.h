/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_ENTRY_H
#define CINSTR_RUNTIME_ENTRY_ENTRY_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* Begins the slow path of a hook whose stack pointer is `sp`. Returns the lane that the hook
 * belongs to, with nothing pending; the caller may change it until lane_rest(). NULL: the call
 * cannot be recorded. */
struct lane *lane_for_hook(uintptr_t sp);

#endif
