/* SPDX-License-Identifier: MIT */
/*
 * A change of n * c (calls, and the value of each) split into what the change of n makes and what
 * that of c does: by logarithmic means (LMDI I; Ang, "The LMDI approach to decomposition analysis:
 * a practical guide", Energy Policy 33, 2005). Exact, the same with old and new exchanged but for
 * the sign, and the parts of a sum are the sums of the parts. Used by the parts of diff.c alone.
 */
#ifndef CINSTR_READER_DIFF_SPLIT_H
#define CINSTR_READER_DIFF_SPLIT_H

#include "diff.h"

/* How often something was called and what that came to, old and new. */
struct diff_pair {
    double calls[2], value[2];
};

/* The weight of relative changes: a factor of `calls` that changed from a to b has made
 * weight * ln(b / a) of the change of the value. Calls must be above 0. */
double diff_split_weight(const struct diff_pair *pair);

/* The parts by more calls and by dearer calls; all to the latter where calls are not above 0 on
 * both sides. Adds them to `parts`. */
void diff_split(const struct diff_pair *pair, struct diff_parts *parts);

#endif
