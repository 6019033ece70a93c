/* SPDX-License-Identifier: MIT */
/* The open setjmp() calls of a lane, for jumps.c. */
#ifndef CINSTR_RUNTIME_TREE_OPEN_JUMPS_H
#define CINSTR_RUNTIME_TREE_OPEN_JUMPS_H

#include <stdint.h>

#include "runtime/base/lane.h"

/* A lane's open setjmp() calls, in one page. A deeper one with the same jmp_buf replaces it;
 * those whose function has returned are dropped. When the page is full the oldest is dropped:
 * its jump then relies on stack pointers. */
struct jump {
    uint64_t buffer, sp, depth;
    struct cinstr_place **slot;
};
#define JUMPS (4096u / sizeof(struct jump) - 1)
struct jumps {
    uint64_t count;
    struct jump open[JUMPS];
};

/* Forgets them all, when what ran on the lane's stack is gone. */
static inline void jumps_forget(struct lane *lane) {
    if (lane->jumps != NULL)
        lane->jumps->count = 0;
}

#endif
