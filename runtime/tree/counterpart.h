/* SPDX-License-Identifier: MIT */
/* A context's node in lane 0, which stays when its thread ends. */
#ifndef CINSTR_RUNTIME_TREE_COUNTERPART_H
#define CINSTR_RUNTIME_TREE_COUNTERPART_H

#include <stdint.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Of a node; 0: it cannot be had now. In a hook. */
uint32_t counterpart_find(struct segment_node *node);
/* Of the context that the calling thread is in; a thread without calls is at the root. */
uint32_t counterpart_of_thread(void);

/* The innermost call that is complete; NULL where there is none. Async-signal-safe. */
struct segment_node *shadow_current(const struct lane *lane);

#endif
