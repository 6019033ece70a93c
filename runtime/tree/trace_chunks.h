/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_TRACE_CHUNKS_H
#define CINSTR_RUNTIME_TREE_TRACE_CHUNKS_H

#include "runtime/base/lane.h"

/* Writes what the rings of all lanes hold. */
void trace_drain_all(void);
/* Drains a lane's ring for the last time and gives it back. Under the process lock. */
void trace_detach(struct lane *lane);
/* In a fork child, which nobody drains. */
void trace_chunks_in_child(void);

#endif
