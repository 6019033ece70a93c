/* SPDX-License-Identifier: MIT */
/*
 * Fork children that end without exit(). If such a child lived for a moment only, its calls are
 * added to its parent's segment, under the label process=child, and it leaves no profile of its
 * own.
 */
#ifndef CINSTR_RUNTIME_ENTRY_CHILDREN_H
#define CINSTR_RUNTIME_ENTRY_CHILDREN_H

#include <stdbool.h>

/* Called in the parent before it forks: makes room in its segment. */
void children_prepare(void);

/* Called in the child while its parent's segment is still mapped: notes where that is. */
void children_inherit(void);

/* Called in the child: moves all that it has recorded so far into its parent's segment. False: that
 * is not possible, and the child keeps it. */
bool children_hand_over(void);

#endif
