/* SPDX-License-Identifier: MIT */
/* Where the change of a difference began (see diff.h). Used by diff.c alone. */
#ifndef CINSTR_READER_DIFF_CAUSES_H
#define CINSTR_READER_DIFF_CAUSES_H

#include "diff.h"

/* Fills in causes, cause_count and parts from the matched nodes and the finished rows.
 * `is_chained`: callers' calls are known. False: out of memory. */
bool diff_causes_find(struct diff *diff, bool is_chained);

#endif
