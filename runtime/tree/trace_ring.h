/* SPDX-License-Identifier: MIT */
/* A lane's ring of events: see trace_ring.c. */
#ifndef CINSTR_RUNTIME_TREE_TRACE_RING_H
#define CINSTR_RUNTIME_TREE_TRACE_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"

/* Whether events are recorded: then every hook takes the slow path, which writes them. */
extern bool trace_is_on;

/* Words in a ring, and whether rings are drained into a file. */
extern uint64_t trace_ring_words;
extern bool trace_is_drained;

/* Makes a lane's ring. */
void trace_attach(struct lane *lane);

/* Called within hook_begin(). */
void trace_enter(struct lane *lane, struct segment_node *node, uint64_t ticks);
void trace_exit(struct lane *lane, struct segment_node *node, uint64_t ticks);
void trace_off_cpu(struct lane *lane, uint64_t ticks);

/* For other events: make a word, and add an event of one or two words. */
uint64_t trace_other(enum segment_trace_other what, uint64_t payload);
uint64_t trace_timed(uint64_t field, uint64_t ticks);
void trace_emit(struct lane *lane, uint64_t ticks, const uint64_t *words, unsigned count);

/* Wakes the thread that drains. That thread waits in trace_await(), for `time` at most. */
void trace_wake(void);
void trace_await(const struct timespec *time);

#endif
