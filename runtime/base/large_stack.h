/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_LARGE_STACK_H
#define CINSTR_RUNTIME_BASE_LARGE_STACK_H

/* Calls the function on a stack of 8 MiB, where there is memory for one. */
void large_stack_call(void (*function)(void *), void *argument);

#endif
