/* SPDX-License-Identifier: MIT */
/*
 * The recorder, and the functions of libc, as seen from a library that interposes (heap.c,
 * block.c). Where the program is linked with the recorder, it is there; else, in a program without
 * hooks that such a library is preloaded into, it is loaded, and finds contexts by unwinding.
 */
#ifndef CINSTR_RUNTIME_CHARGE_LIBRARY_H
#define CINSTR_RUNTIME_CHARGE_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/charge_recorder.h"

#define VISIBLE     __attribute__((visibility("default")))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Where the interposed function was called: its return address. */
#define CALL_SITE() ((uintptr_t)__builtin_extract_return_addr(__builtin_return_address(0)))

/* NULL until it is open. */
extern const struct charge_recorder *charge_recorder;

/* False: there is none, which has been said. */
bool charge_library_open(void);

/* One line on standard error. */
void charge_library_say(const char *text);

/* Sets the pointer `target` to the function that stands behind an interposed one. */
void charge_library_next(void *target, const char *name);

#endif
