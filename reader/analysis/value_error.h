/* SPDX-License-Identifier: MIT */
/*
 * How far a value of a profile is known: what the profile itself says of that. Counts and sizes of
 * an exact profile are exact; corrected times have the error of the probes' cost and that of a
 * timed share of the calls; samples have chance's. Called by the analyses that print intervals.
 */
#ifndef CINSTR_READER_VALUE_ERROR_H
#define CINSTR_READER_VALUE_ERROR_H

#include "reader/profile/profile.h"

struct value_error {
    uint32_t value;    /* the value type whose error it is */
    uint32_t error;    /* value type with the standard error of each sample; PROFILE_NONE none */
    uint32_t overhead; /* value type of the probes' cost that was taken out; PROFILE_NONE none */
    uint32_t samples;  /* value type that counts samples; PROFILE_NONE: it is not sampled */
    double relative;   /* standard error of the probes' cost, as a share of it */
    bool is_unknown;   /* an estimate of which the profile does not say how good it is */
};

/* What the profile says of its value type `value`. */
struct value_error value_error_of(const struct profile *profile, uint32_t value);

/* One standard error of a sum over samples, given as the sums of all value types; 0: exact; NAN:
 * not known. Errors of the samples are taken to go the same way: it is an upper bound. */
double value_error_sum(const struct value_error *error, const int64_t *sums);

/* The standard error of a call's cost as a share of it, as an exact profile's comments state it; 0
 * when they do not. */
double value_error_of_probes(const struct profile *profile);

#endif
