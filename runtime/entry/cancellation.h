/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous cancellation ends a thread between any two instructions. While it is on in a thread,
 * all hooks there take the slow path, which is not cancelled in the middle.
 */
#ifndef CINSTR_RUNTIME_ENTRY_CANCELLATION_H
#define CINSTR_RUNTIME_ENTRY_CANCELLATION_H

#include <stdbool.h>

/* Does what pthread_setcanceltype() does, and returns what it returns. */
int cancellation_set(int type, int *old);
/* Whether asynchronous cancellation is on in the calling thread. */
bool cancellation_is_async(void);

/* Called before and after work that must be finished even if the thread is cancelled meanwhile:
 * cancellation_allow() then ends the thread. */
void cancellation_hold(void);
void cancellation_allow(void);

#endif
