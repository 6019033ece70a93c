/* SPDX-License-Identifier: MIT */
/*
 * How well a number is known, for people: a grade, and how many digits to print. Both follow from
 * the interval that holds the true value in 95 of 100 cases, 1.96 standard errors to either side.
 * Used by everything that prints times. Takes and gives plain numbers.
 */
#ifndef CINSTR_READER_DOUBT_H
#define CINSTR_READER_DOUBT_H

#define DOUBT_95 1.959963984540054 /* standard errors to either side */

enum { DOUBT_ALL_DIGITS = 4 }; /* digits printed of a number without an error */

/* 'A' known to within 5 %, 'B' 20 %, 'C' less than the whole value, '-' not known: the interval
 * reaches 0. `error` is one standard error; below 0: unknown. */
char doubt_grade(double value, double error);

/* How many significant digits of `value` are known: 1 to DOUBT_ALL_DIGITS. With an `error` below
 * 0 (unknown) all are printed. */
int doubt_digits(double value, double error);

#endif
