/* SPDX-License-Identifier: MIT */
/* Where stacks begin and end. */
#ifndef CINSTR_RUNTIME_TREE_STACKS_H
#define CINSTR_RUNTIME_TREE_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

void stacks_init(void);
bool stacks_are_there(void);
/* A stack that was named and is not known yet. The caller holds the process lock. */
void stacks_add(uintptr_t low, uintptr_t high);
struct stack {
    uintptr_t low, high;
    struct lane *lane; /* made at its first hook */
    bool is_owned;     /* in a frame that a call which is open lies below of */
};
/* Its lane is still its own: lanes go with the thread that ran them last. */
bool stack_has_lane(const struct stack *stack);
/* As a stack pointer, sp may stand at the stack's end and not at its beginning. */
struct stack *stacks_find(uintptr_t sp);
/* Whether one that was named lies within the lane's stack. */
bool stacks_are_in(const struct lane *lane);
/* Of those, forgets the ones whose frame has gone: a hook of the lane is at sp. */
void stacks_forget(const struct lane *lane, uintptr_t sp);
/* Bounds of the thread's alternate stack, whether or not it runs there; false: there is none. */
bool stack_alternate(uintptr_t *low, uintptr_t *high, bool *is_on);
/* Bounds of the calling thread's own stack, as far as they can be told cheaply. */
bool stack_of_thread(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* Bounds of the mapping that holds sp. */
bool stack_of_mapping(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* The lowest address of the readable memory that reaches without a gap from `from` down to sp (and
 * a little below); `from` when there is a gap. */
uintptr_t stack_extend(uintptr_t from, uintptr_t sp);

#endif
