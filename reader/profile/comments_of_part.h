/* SPDX-License-Identifier: MIT */
/*
 * Comments of a profile that becomes part of another: what they say of sums would not be true of
 * it. Called by difference.c and the merge command.
 */
#ifndef CINSTR_READER_COMMENTS_OF_PART_H
#define CINSTR_READER_COMMENTS_OF_PART_H

#include "profile.h"

/* Leaves out what states the sums of the run (build_comments.c). */
void comments_of_part(struct profile *profile);

#endif
