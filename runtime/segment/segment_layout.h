/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_LAYOUT_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_LAYOUT_H

#include <stdbool.h>

#include <cinstr/segment.h>

/* Plans the layout of the first, second... attempt, each with less address space and a smaller
 * file than the one before. False when there is no smaller one. `has_cpu_time`: context switches
 * can be followed. */
bool segment_plan(struct segment_header *header, unsigned attempt, bool has_cpu_time);

#endif
