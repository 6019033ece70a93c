/* SPDX-License-Identifier: MIT */
/*
 * How far a value of a profile is known: what the profile itself says of that. Counts and sizes of
 * an exact profile are exact; its times have the error that profile_error.h describes; samples have
 * chance's. Called by the analyses that print intervals.
 */
#ifndef CINSTR_READER_VALUE_ERROR_H
#define CINSTR_READER_VALUE_ERROR_H

#include "reader/profile/profile.h"
#include "reader/profile/profile_error.h"

struct value_error {
    uint32_t value;   /* the value type whose error it is */
    uint32_t samples; /* value type that counts samples; PROFILE_NONE: it is not sampled */
    uint32_t calls;   /* value type that counts calls; PROFILE_NONE none */
    struct profile_error times; /* of times of an exact profile */
    bool is_unknown;            /* an estimate of which the profile does not say how good it is */
};

/* What the profile says of its value type `value`. */
struct value_error value_error_of(const struct profile *profile, uint32_t value);

/* Whether a value type only says how far others are known. */
bool value_error_is(const struct profile *profile, uint32_t type);

/* One standard error of a sum over samples, given as the sums of all value types; 0: exact; NAN:
 * not known. */
double value_error_sum(const struct value_error *error, const int64_t *sums);

#endif
