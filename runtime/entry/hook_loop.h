/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_HOOK_LOOP_H
#define CINSTR_RUNTIME_ENTRY_HOOK_LOOP_H

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Times the hooks in a tight loop when the recorder starts, and adds the figures to `sums`. */
void hook_loop_start(struct segment_probe_sums *sums);
/* Times one batch if an exit of the lane has asked for it, and adds it to the lane's figures. */
void hook_loop_if_due(struct lane *asking);

#endif
