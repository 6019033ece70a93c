/* SPDX-License-Identifier: MIT */
/*
 * Comments of a profile that becomes part of another. What they say of its sums would be false for
 * the whole. Called by difference.c and the merge command.
 */
#ifndef CINSTR_READER_COMMENTS_OF_PART_H
#define CINSTR_READER_COMMENTS_OF_PART_H

#include "profile.h"

/* Removes the comments that state the sums of the run (build_comments.c). */
void comments_of_part(struct profile *profile);

#endif
