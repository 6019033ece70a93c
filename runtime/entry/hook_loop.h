/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_HOOK_LOOP_H
#define CINSTR_RUNTIME_ENTRY_HOOK_LOOP_H

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Times the hooks in a tight loop: at start, and one batch more while the program runs. */
void hook_loop_start(struct segment_probe_sums *sums);
void hook_loop_if_due(struct lane *asking);

#endif
