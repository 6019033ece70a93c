/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_STACK_SWITCH_H
#define CINSTR_RUNTIME_ENTRY_STACK_SWITCH_H

#include <stdint.h>

/* A stack that makecontext() or cinstr_stack_switch() has named: what ran on it before is gone. */
void stacks_register(uintptr_t low, uintptr_t high);

#endif
