/* SPDX-License-Identifier: MIT */
/*
 * The recorder and the functions of libc for a library that interposes (heap.c, block.c). If the
 * program is linked with the recorder, it is there. Otherwise the library was preloaded into a
 * program without hooks: it loads the recorder, which finds contexts by unwinding.
 */
#ifndef CINSTR_RUNTIME_CHARGE_LIBRARY_H
#define CINSTR_RUNTIME_CHARGE_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/charge_recorder.h"

#define VISIBLE     __attribute__((visibility("default")))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The return address of the interposed function. */
#define CALL_SITE() ((uintptr_t)__builtin_extract_return_addr(__builtin_return_address(0)))

/* NULL until it has been found. */
extern const struct charge_recorder *charge_recorder;

/* Finds the recorder. False, after printing a line: there is none. */
bool charge_library_open(void);

/* Prints one line on standard error. */
void charge_library_say(const char *text);

/* Sets the pointer `target` to the function that an interposed one replaces. */
void charge_library_next(void *target, const char *name);

#endif
