/* SPDX-License-Identifier: MIT */
/*
 * The state of the recorder in its process. The usual path of a hook touches none of it.
 */
#ifndef CINSTR_RUNTIME_BASE_STATE_H
#define CINSTR_RUNTIME_BASE_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* Hooks and the API do nothing unless it is PROCESS_UP. */
enum process_state { PROCESS_NEW, PROCESS_UP, PROCESS_OFF };
extern enum process_state process_state;

/* Whether calls are recorded now: cinstr_start(), cinstr_stop(). */
extern bool process_recording;

/* The program has no hooks: contexts are found by unwinding the stack. */
extern bool process_unwinds;

/* How often cinstr_reset() was called. */
extern uint64_t process_reset_epoch;

/* The process serves its profiles itself. */
extern bool process_is_serving;

/* Makes the lock and what tells a fork child from its parent. False: no memory. */
bool process_init(void);

/* True in a fork child that does not have a segment of its own yet. */
bool process_is_forked(void);
/* In a fork child, where the kernel does not wipe memory: does it for the state. False when it was
 * wiped already. */
bool process_wipe(void);
/* The fork child has its own segment from now on. */
void process_is_own_now(void);

/* A lock for cold paths, held with all signals blocked; a fork child finds it free. try: never
 * waits, for hooks and handlers. */
bool process_try_lock(void);
void process_lock(void);
void process_unlock(void);

/* Whether what the calling thread does is the recorder's own work, which is charged to no context.
 * Setting it returns what it was before. */
bool process_set_own_work(bool is_own);
bool process_is_own_work(void);

#endif
