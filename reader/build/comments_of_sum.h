/* SPDX-License-Identifier: MIT */
/*
 * Adds up what profiles say of their own sums (build_comments.h), so that a sum of profiles can be
 * verified like each of them. Called by the merge command.
 */
#ifndef CINSTR_READER_COMMENTS_OF_SUM_H
#define CINSTR_READER_COMMENTS_OF_SUM_H

#include "reader/profile/profile.h"

/* Begins zeroed. */
struct comments_of_sum {
    uint32_t profiles, ours, counted, timed; /* all; by cinstr; that state calls; times */
    uint64_t calls, returns, unwinds, open, carried, apart;
    /* In seconds. The margins are added up as well: they are the error of the probes' estimated
     * cost, which has the same direction in every run of a program. */
    double measured, probes, margin;
    double samples; /* that the times of runs are of which were not timed */
};

void comments_of_sum_add(struct comments_of_sum *sum, const struct profile *profile);

/* Adds comments with the sums of what all of them stated. 0, or -1 when out of memory. */
int comments_of_sum_say(const struct comments_of_sum *sum, struct profile *profile);

#endif
