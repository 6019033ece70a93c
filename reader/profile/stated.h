/* SPDX-License-Identifier: MIT */
/*
 * What a profile states of itself in comments (build_comments.c), read back: what its reader has to
 * be warned of, and how well the time in all is known. Used by what shows profiles, and what
 * reckons with their times.
 */
#ifndef CINSTR_READER_STATED_H
#define CINSTR_READER_STATED_H

#include <stdbool.h>

#include "profile.h"

/* Such comments are for whoever looks at the numbers; all others keep the books. */
#define STATED_WARNING "warning: "

/* Adds one; a text that is too long is cut. 0, or -1 when out of memory. */
int stated_add_warning(struct profile *profile, const char *text);

/* The text of a warning, without that; NULL: the comment is none. */
const char *stated_warning(const char *comment);

struct stated_time {
    double seconds; /* without the probes */
    double error;   /* one standard error, in seconds */
};

/* Of all the time in the profile. False: it does not say. */
bool stated_time(const struct profile *profile, struct stated_time *time);

#endif
