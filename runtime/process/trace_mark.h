/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_TRACE_MARK_H
#define CINSTR_RUNTIME_PROCESS_TRACE_MARK_H

#include <stdbool.h>
#include <stdint.h>

/* Writes a mark, or with `value` a value, for the calling thread. False: it is not traced. */
bool trace_mark(uintptr_t sp, uint32_t label, const int64_t *value);
/* For charge_recorder.h, which describes them. */
uint64_t trace_ticks(void);
void trace_wait(uint32_t node, uint64_t start);
void trace_heap(int64_t more);

#endif
