/* SPDX-License-Identifier: MIT */
/* A growing stack of indices: a sample's locations, open calls. For the whole reader. */
#ifndef CINSTR_READER_INDEX_STACK_H
#define CINSTR_READER_INDEX_STACK_H

#include <stdint.h>

/* Begins zeroed; freed by free(stack.items). */
struct index_stack {
    uint32_t *items;
    uint32_t depth, capacity;
};

/* -1: out of memory. */
int index_stack_push(struct index_stack *stack, uint32_t item);

#endif
