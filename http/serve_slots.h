/* SPDX-License-Identifier: MIT */
/*
 * Limited resources: CPU profiles, one at a time for each process; and requests that wait while
 * they hold a profile. Thread-safe.
 */
#ifndef CINSTR_HTTP_SERVE_SLOTS_H
#define CINSTR_HTTP_SERVE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

/* False: it is taken already. */
bool serve_slots_take_process(uint32_t pid);
void serve_slots_give_process(uint32_t pid);

/* False: too many. */
bool serve_slots_take_wait(void);
void serve_slots_give_wait(void);

#endif
