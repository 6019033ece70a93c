/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_CPU_TIME_H
#define CINSTR_RUNTIME_TREE_CPU_TIME_H

#include <stdbool.h>

#include "runtime/base/lane.h"

/* Whether context switches can be followed at all; says so once when not. */
bool cpu_time_available(void);
void cpu_time_attach(struct lane *lane);
void cpu_time_detach(struct lane *lane);
/* Charges the time off the CPU since the last look to the top frame, if there was a switch. */
void cpu_time_follow(struct lane *lane);

#endif
