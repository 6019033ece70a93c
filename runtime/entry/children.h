/* SPDX-License-Identifier: MIT */
/*
 * What a fork child leaves behind that ends without exit(): if it lived for a moment only, its calls
 * go to its parent's segment, under the label process=child, and nothing else is left.
 */
#ifndef CINSTR_RUNTIME_ENTRY_CHILDREN_H
#define CINSTR_RUNTIME_ENTRY_CHILDREN_H

#include <stdbool.h>

/* In the parent, before it forks: makes room for that in its segment. */
void children_prepare(void);

/* In the child, while its parent's segment is still the one that is mapped. */
void children_inherit(void);

/* In the child: moves all that it has recorded so far. False: it cannot be, and stays. */
bool children_hand_over(void);

#endif
