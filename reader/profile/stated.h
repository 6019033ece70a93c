/* SPDX-License-Identifier: MIT */
/*
 * Reads back what a profile states of itself in comments (build_comments.c): warnings, and how well
 * its total time is known. Used by whatever shows profiles or computes with their times.
 */
#ifndef CINSTR_READER_STATED_H
#define CINSTR_READER_STATED_H

#include <stdbool.h>

#include "profile.h"

/* Comments with this beginning are shown with the numbers; all others are details. */
#define STATED_WARNING "warning: "

/* Adds a warning; a text that is too long is cut. 0, or -1 when out of memory. */
int stated_add_warning(struct profile *profile, const char *text);

/* The text of a warning, without its beginning; NULL: the comment is not a warning. */
const char *stated_warning(const char *comment);

struct stated_time {
    double seconds; /* seconds, without the probes */
    double error;   /* one standard error, in seconds */
};

/* Reads the total time. False: the profile does not state it. */
bool stated_time(const struct profile *profile, struct stated_time *time);

/* How many samples the times are of, if no call was timed; else 0. */
double stated_time_samples(const struct profile *profile);

#endif
