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
    /* The widest interval for which so many digits are printed. A single digit would be off by
     * up to a third itself, so it is used where the value is not known. */
    static const double most[] = {[4] = 0.005, [3] = 0.05, [2] = 1};
    const double off = DOUBT_95 * error;
    int digits = DOUBT_ALL_DIGITS;

    while (digits > 1 && off > most[digits] * fabs(value))
        digits--;
    return digits;
}
