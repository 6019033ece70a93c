/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_CREATE_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_CREATE_H

#include <stdbool.h>

/* Creates the file (or else anonymous memory), maps it and lays it out. In a fork child
 * (`replace`) the new segment replaces the parent's at the same addresses. */
bool segment_create(bool replace, bool has_cpu_time);
void segment_unlink(void);
#endif
