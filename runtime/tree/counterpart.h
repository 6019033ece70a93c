/* SPDX-License-Identifier: MIT */
/* A context's node in lane 0, which stays when its thread ends. */
#ifndef CINSTR_RUNTIME_TREE_COUNTERPART_H
#define CINSTR_RUNTIME_TREE_COUNTERPART_H

#include <stdint.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* The counterpart of a node, made if it is new. 0: the lock is taken. Called in a hook. */
uint32_t counterpart_find(struct segment_node *node);
/* The counterpart of the calling thread's context; a thread without open calls is at the root. */
uint32_t counterpart_of_thread(void);

/* The innermost complete call; NULL where there is none. Async-signal-safe. */
struct segment_node *shadow_current(const struct lane *lane);

#endif
