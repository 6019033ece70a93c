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

/* Whether calls are recorded at present: cinstr_start(), cinstr_stop(). */
extern _Atomic bool process_recording;

/* The program has no hooks: contexts are found by unwinding the stack. */
extern bool process_unwinds;

/* How often cinstr_reset() has been called. */
extern _Atomic uint64_t process_reset_epoch;

/* The process serves its profiles itself. */
extern bool process_is_serving;

/* Makes the page with the lock and the mark of a fork child. False: no memory. */
bool process_init(void);

/* Whether this is a fork child that does not have a segment of its own yet. */
bool process_is_forked(void);
/* For a fork child on a kernel that does not wipe memory: wipes the state. False when it was
 * wiped already. */
bool process_wipe(void);
/* Says that the fork child has its own segment from now on. */
void process_is_own_now(void);

/* A lock for cold paths. All signals are blocked while it is held; it is free in a fork child.
 * try: never waits, for hooks and handlers. */
bool process_try_lock(void);
void process_lock(void);
void process_unlock(void);

/* Whether the calling thread is doing the recorder's own work, which is charged to no context.
 * Setting it returns the old value. */
bool process_set_own_work(bool is_own);
bool process_is_own_work(void);

#endif
