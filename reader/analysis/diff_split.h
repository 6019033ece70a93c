/* SPDX-License-Identifier: MIT */
/*
 * Splits a change of n * c (calls, and the value of each) into the effect of n and the effect of c
 * by logarithmic means (LMDI I; Ang, "The LMDI approach to decomposition analysis: a practical
 * guide", Energy Policy 33, 2005). The split is exact; exchanging old and new only changes the
 * signs; and the parts of a sum are the sums of the parts. Used by the parts of diff.c alone.
 */
#ifndef CINSTR_READER_DIFF_SPLIT_H
#define CINSTR_READER_DIFF_SPLIT_H

#include "diff.h"

/* How often something was called and what that cost, old and new. */
struct diff_pair {
    double calls[2], value[2];
};

/* The weight of relative changes: a factor of `calls` that changed from a to b contributes
 * weight * ln(b
 * a) to the change of the value. Calls must be above 0. */
double diff_split_weight(const struct diff_pair *pair);

/* Adds the parts by more calls and by dearer calls to `parts`; all goes to the latter where
 * calls are not above 0 on both sides. */
void diff_split(const struct diff_pair *pair, struct diff_parts *parts);

#endif
