/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_ENTRY_H
#define CINSTR_RUNTIME_ENTRY_ENTRY_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* The lane for a hook at sp, ready to be changed and with what was pending done; NULL when the call
 * cannot be recorded. lane_rest() ends the change. */
struct lane *lane_for_hook(uintptr_t sp);

#endif
