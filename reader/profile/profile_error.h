/* SPDX-License-Identifier: MIT */
/*
 * How well a profile's times are known: their standard errors. An exact profile has them in
 * columns, so that files contain them, and they add up as follows:
 *
 *     wall_error, cpu_error   one standard error by the model of what probes cost, in nanoseconds.
 *                             The model errs in the same direction in all contexts and runs, so
 *                             these errors are added. At least 1 where a context was timed.
 *     variance                the error by chance: of the timed calls (timing=adaptive), and of the
 *                             samples that say what the probes took (sample=HZ). These are
 *                             independent, so variances are added, in square microseconds.
 *
 * Called by whoever shows times; works on single samples and on sums of them.
 */
#ifndef CINSTR_READER_PROFILE_ERROR_H
#define CINSTR_READER_PROFILE_ERROR_H

#include "profile.h"

struct profile_error {
    uint32_t model, variance; /* indices of value types; PROFILE_NONE: there is none */
};

/* The columns for the value type `value`, "wall" or "cpu". Other values, and profiles of other
 * writers, have none. */
struct profile_error profile_error_of(const struct profile *profile, uint32_t value);

/* One standard error in nanoseconds of a value, or of a sum of values. `model` and `variance`
 * are the same sums of the error columns (0 where there is no such column). Below 0: the time is
 * not known, since no call was timed. */
double profile_error(int64_t model, int64_t variance);

#endif
