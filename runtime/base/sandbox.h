/* SPDX-License-Identifier: MIT */
/*
 * Seccomp: which system calls the recorder may still make. A filter that the program installs is read
 * before, and from then on the recorder makes no call but what the filter lets pass, whatever its
 * arguments are. A filter that was there when the program began is not known.
 */
#ifndef CINSTR_RUNTIME_BASE_SANDBOX_H
#define CINSTR_RUNTIME_BASE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

enum { SANDBOX_NUMBERS = 512 };

struct sandbox {
    bool is_there;
    uint64_t allowed[SANDBOX_NUMBERS / 64]; /* a bit a number */
};
extern struct sandbox process_sandbox;

static inline bool sandbox_allows(long number) {
    return __builtin_expect(!process_sandbox.is_there, 1) ||
           (number >= 0 && number < SANDBOX_NUMBERS &&
            (process_sandbox.allowed[number / 64] >> (number % 64) & 1) != 0);
}

/* Whether all calls of a list, which ends with -1, are allowed. */
bool sandbox_allows_all(const short *numbers);

/* Becomes seccomp's strict mode, which lets only read, write, exit and rt_sigreturn pass. */
void sandbox_be_strict(struct sandbox *sandbox);

/* Removes the calls that a filter does not allow. `code`: `count` instructions, struct
 * sock_filter. */
void sandbox_narrow(struct sandbox *sandbox, const void *code, uint32_t count);

#endif
