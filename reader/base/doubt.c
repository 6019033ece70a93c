/* SPDX-License-Identifier: MIT */
/* See doubt.h. */
#include "doubt.h"

#include <math.h>

#define WITHIN_A 0.05
#define WITHIN_B 0.2

char doubt_grade(double value, double error) {
    const double off = DOUBT_95 * error;

    if (value <= 0 || error < 0 || off >= value)
        return '-';
    if (off <= WITHIN_A * value)
        return 'A';
    return off <= WITHIN_B * value ? 'B' : 'C';
}

int doubt_digits(double value, double error) {
    /* By how much the interval is off at most, for so many digits: half a unit of the last is then
     * of its size or smaller. */
    static const double most[] = {[4] = 0.005, [3] = 0.05, [2] = 0.5};
    const double off = DOUBT_95 * error;
    int digits = DOUBT_ALL_DIGITS;

    while (digits > 1 && off > most[digits] * fabs(value))
        digits--;
    return digits;
}
