/* SPDX-License-Identifier: MIT */
/* Where stacks begin and end. */
#ifndef CINSTR_RUNTIME_TREE_STACKS_H
#define CINSTR_RUNTIME_TREE_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

/* Makes the table of named stacks. */
void stacks_init(void);
/* Whether there is such a table: false without memory. */
bool stacks_are_there(void);
/* Adds a stack that was named and is not known yet. The caller holds the process lock. */
void stacks_add(uintptr_t low, uintptr_t high);
struct stack {
    uintptr_t low, high;
    struct lane *lane; /* its lane, made at its first hook */
    bool is_owned;     /* it lies in the frame of an open call */
};
/* Whether its lane still belongs to it: a lane is given up with the thread that ran it last. */
bool stack_has_lane(const struct stack *stack);
/* The named stack to which a stack pointer belongs: low < sp <= high. NULL: none. */
struct stack *stacks_find(uintptr_t sp);
/* Whether a stack that was named lies within the lane's stack. */
bool stacks_are_in(const struct lane *lane);
/* Forgets those of them whose frame has ended: a hook of the lane is at sp. */
void stacks_forget(const struct lane *lane, uintptr_t sp);
/* Bounds of the thread's alternate stack, whether or not it runs there; false: there is none. */
bool stack_alternate(uintptr_t *low, uintptr_t *high, bool *is_on);
/* Bounds of the calling thread's own stack, as far as they can be found cheaply. */
bool stack_of_thread(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* Bounds of the mapping that holds sp. */
bool stack_of_mapping(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* The lowest address of the readable memory that extends without a gap from `from` down to sp
 * (and a little further); `from` when there is a gap. */
uintptr_t stack_extend(uintptr_t from, uintptr_t sp);

#endif
