/* SPDX-License-Identifier: MIT */
/*
 * What is known of a value by its name alone: the rows of cinstr/values.def. A profile of another
 * program's has values of other names, of which nothing is known but their unit.
 */
#ifndef CINSTR_READER_PROFILE_VALUE_H
#define CINSTR_READER_PROFILE_VALUE_H

#include <stdbool.h>

struct profile_value {
    const char *name, *unit;
    const char *error; /* the value that has its standard errors; NULL: none has */
    bool is_shown;     /* false: it says something of another value */
    bool is_gauge;     /* of what is there now: the difference of two may be below 0 */
};

/* NULL: none has that name. */
const struct profile_value *profile_value_named(const char *name);

#endif
