/* SPDX-License-Identifier: MIT */
/*
 * What is known of a profile's times: their standard error. Each exact profile has it in columns,
 * so that it is in files, and adds up as the times themselves do:
 *
 *     wall_error, cpu_error   by the model of what probes cost: one standard error, in nanoseconds.
 *                             It errs in all contexts and runs alike, so these add up as they are.
 *                             At least 1 where a context was timed.
 *     variance                timing=adaptive: by the choice of the calls that were timed. Chances
 *                             are independent, so their variances add up, in square microseconds.
 *
 * Called by whoever shows times; works on single samples and on sums of them.
 */
#ifndef CINSTR_READER_PROFILE_ERROR_H
#define CINSTR_READER_PROFILE_ERROR_H

#include "profile.h"

struct profile_error {
    uint32_t model, variance; /* value types; PROFILE_NONE: there is none */
};

/* Of the value type `value`, "wall" or "cpu". Others, and other writers' profiles, have none. */
struct profile_error profile_error_of(const struct profile *profile, uint32_t value);

/* One standard error in nanoseconds of a value, or of a sum of values: `model` and `variance` are
 * the same sums of those columns (0 where the column is not there). Below 0: nothing is known of
 * the time, since no call was timed. */
double profile_error(int64_t model, int64_t variance);

#endif
