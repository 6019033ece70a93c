/* SPDX-License-Identifier: MIT */
/*
 * How well a value of a profile is known, by what the profile itself says. Counts and sizes of an
 * exact profile are exact; its times have the error that profile_error.h describes; samples have
 * that of chance. Called by the analyses that print intervals.
 */
#ifndef CINSTR_READER_VALUE_ERROR_H
#define CINSTR_READER_VALUE_ERROR_H

#include "reader/profile/profile.h"
#include "reader/profile/profile_error.h"

struct value_error {
    uint32_t value;             /* the value type that this is the error of */
    uint32_t samples;           /* the value type that counts samples; PROFILE_NONE: not sampled */
    uint32_t calls;             /* the value type that counts calls; PROFILE_NONE none */
    struct profile_error times; /* for times of an exact profile */
    bool is_unknown;            /* an estimate whose error the profile does not state */
};

/* What the profile says of its value type `value`. */
struct value_error value_error_of(const struct profile *profile, uint32_t value);

/* Whether a value type only holds the error of another. */
bool value_error_is(const struct profile *profile, uint32_t type);

/* One standard error of a sum over samples, given as the sums of all value types; 0: exact; NAN:
 * unknown. */
double value_error_sum(const struct value_error *error, const int64_t *sums);

#endif
