/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_TRACE_CHUNKS_H
#define CINSTR_RUNTIME_TREE_TRACE_CHUNKS_H

#include "runtime/base/lane.h"

/* Writes the contents of all lanes' rings. */
void trace_drain_all(void);
/* Drains a lane's ring for the last time and frees it. Under the process lock. */
void trace_detach(struct lane *lane);
/* For a fork child, whose rings nobody drains. */
void trace_chunks_in_child(void);

#endif
