/* SPDX-License-Identifier: MIT */
/* See index_stack.h. */
#include "index_stack.h"

#include <stdlib.h>

int index_stack_push(struct index_stack *stack, uint32_t item) {
    if (stack->depth == stack->capacity) {
        const uint32_t larger = stack->capacity == 0 ? 64 : stack->capacity * 2;
        uint32_t *items = reallocarray(stack->items, larger, sizeof(*items));
        if (items == NULL)
            return -1;
        stack->items = items;
        stack->capacity = larger;
    }
    stack->items[stack->depth++] = item;
    return 0;
}
