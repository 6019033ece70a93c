/* SPDX-License-Identifier: MIT */
/*
 * The longest calls of a profile that has the durations of calls (histogram=1). Called by the report
 * command. Calls of one context whose durations are in the same bucket are one row.
 */
#ifndef CINSTR_READER_SLOWEST_H
#define CINSTR_READER_SLOWEST_H

#include <regex.h>
#include <stdbool.h>

#include "analysis.h"

struct slowest_calls {
    uint32_t sample;
    int64_t ns, calls;
    bool is_longest; /* of its context: known exactly; others are within 12.5 % */
};

/* Writes the longest into `rows`, at most `limit`, the longest first; `show`: calls of functions that
 * match alone, NULL all. Returns how many, or -1 with `error` filled: out of memory, or the profile
 * has no durations. */
int64_t slowest_find(const struct analysis *analysis, const regex_t *show,
                     struct slowest_calls *rows, uint32_t limit, struct error *error);

#endif
