/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SAMPLE_CHARGE_STACK_H
#define CINSTR_RUNTIME_SAMPLE_CHARGE_STACK_H

#include <stdint.h>

/* The context of a call without hooks, by its stack: a node of lane 0. */
uint32_t charge_stack(uintptr_t call_site);
/* Says that this program has no hooks: contexts are found by the stack from now on. */
void charge_stacks(void);

#endif
