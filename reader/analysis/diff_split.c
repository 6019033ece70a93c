/* SPDX-License-Identifier: MIT */
/*
 * See diff_split.h. A value of 0 has no logarithm; for a time it means: below what can be measured.
 * Then the additional calls of one side get their share of the other side's value, and the rest
 * goes to the cost of each call.
 */
#include "diff_split.h"

#include <math.h>

static double logarithmic_mean(double a, double b) {
    const double growth = (b - a) / a;
    return growth == 0 ? a : a * growth / log1p(growth);
}

/* `calls` calls cost `value`; `fewer` calls cost nothing measurable. */
static double weight_beside_nothing(double calls, double value, double fewer) {
    return calls > fewer ? value * (1 - fewer / calls) / log(calls / fewer) : 0;
}

double diff_split_weight(const struct diff_pair *pair) {
    const double *calls = pair->calls, *value = pair->value;
    if (value[DIFF_OLD] > 0 && value[DIFF_NEW] > 0)
        return logarithmic_mean(value[DIFF_OLD], value[DIFF_NEW]);
    if (value[DIFF_OLD] == 0 && value[DIFF_NEW] > 0)
        return weight_beside_nothing(calls[DIFF_NEW], value[DIFF_NEW], calls[DIFF_OLD]);
    if (value[DIFF_NEW] == 0 && value[DIFF_OLD] > 0)
        return weight_beside_nothing(calls[DIFF_OLD], value[DIFF_OLD], calls[DIFF_NEW]);
    return 0;
}

void diff_split(const struct diff_pair *pair, struct diff_parts *parts) {
    const double change = pair->value[DIFF_NEW] - pair->value[DIFF_OLD];
    double by_calls = 0;
    if (pair->calls[DIFF_OLD] > 0 && pair->calls[DIFF_NEW] > 0)
        by_calls = diff_split_weight(pair) * log(pair->calls[DIFF_NEW] / pair->calls[DIFF_OLD]);
    /* A difference of rounding size does not make calls dearer. */
    if (fabs(change - by_calls) < 1e-12 * (pair->value[DIFF_OLD] + pair->value[DIFF_NEW]))
        by_calls = change;
    parts->calls += by_calls;
    parts->cost += change - by_calls;
}
