/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_TRACE_DRAIN_H
#define CINSTR_RUNTIME_ENTRY_TRACE_DRAIN_H

#include <stdbool.h>

/* Begins; a fork child is not traced. */
void trace_init(void);
void trace_stop_in_child(void);
/* Nobody drains any more; all is in the file. */
void trace_finish(void);

/* Whether the program's sandbox, if any, lets it. */
bool trace_may_go_on(void);

#endif
