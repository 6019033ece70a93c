/* SPDX-License-Identifier: MIT */
/* Which node of a later snapshot corresponds to a node of an earlier one. Called by difference.c
 * alone. */
#ifndef CINSTR_READER_DIFFERENCE_MATCH_H
#define CINSTR_READER_DIFFERENCE_MATCH_H

#include "reader/snapshot/snapshot.h"

/* By node of `before`: a node of `after`, SNAPSHOT_NONE where there is none. The caller frees
 * it; NULL when out of memory. */
uint32_t *difference_match(const struct snapshot *before, const struct snapshot *after);

#endif
