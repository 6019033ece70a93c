/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous cancellation ends a thread between any two instructions. While it is on in a thread,
 * all hooks there take the slow path, which is not cancelled in the middle.
 */
#ifndef CINSTR_RUNTIME_ENTRY_CANCELLATION_H
#define CINSTR_RUNTIME_ENTRY_CANCELLATION_H

#include <stdbool.h>

/* pthread_setcanceltype() of the calling thread. */
int cancellation_set(int type, int *old);
bool cancellation_is_async(void);

/* Around what is to be finished whoever cancels the thread meanwhile: by that it ends then. */
void cancellation_hold(void);
void cancellation_allow(void);

#endif
