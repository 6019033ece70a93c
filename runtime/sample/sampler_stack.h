/* SPDX-License-Identifier: MIT */
/* Sampling a program without hooks. */
#ifndef CINSTR_RUNTIME_SAMPLE_SAMPLER_STACK_H
#define CINSTR_RUNTIME_SAMPLE_SAMPLER_STACK_H

#include <stdint.h>
#include <ucontext.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* For the calling thread: where its stack is, and memory for unwinding. */
void sampler_stack_bounds(uintptr_t low, uintptr_t high);
void sampler_stack_attach(void);
void sampler_stack_detach(void);
/* The context of an interrupted thread; NULL: no memory. Called in a handler. */
const struct segment_node *sampler_stack_node(struct lane *lane, const ucontext_t *context);

#endif
