/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_PROBE_SUMS_H
#define CINSTR_RUNTIME_TREE_PROBE_SUMS_H

#include <cinstr/segment.h>

/* Adds measurements of the hooks' cost: see hook_loop.c. */
void probe_sums_add(struct segment_probe_sums *to, const struct segment_probe_sums *from);

#endif
