/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_TRACE_DRAIN_H
#define CINSTR_RUNTIME_ENTRY_TRACE_DRAIN_H

#include <stdbool.h>

/* Starts the trace if the options ask for one. */
void trace_init(void);
/* Stops the trace in a fork child, which is not traced. */
void trace_stop_in_child(void);
/* Stops the thread that drains. All events are in the file then. */
void trace_finish(void);

/* Whether the program's sandbox, if any, allows the system calls that draining needs. */
bool trace_may_go_on(void);

#endif
