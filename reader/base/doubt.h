/* SPDX-License-Identifier: MIT */
/*
 * How well a number is known, for people: a grade, and as many digits as mean something. Both are
 * about the interval that holds the true value in 95 of 100 cases, 1.96 standard errors to either
 * side. Used by all that prints times; plain numbers in and out.
 */
#ifndef CINSTR_READER_DOUBT_H
#define CINSTR_READER_DOUBT_H

#define DOUBT_95 1.959963984540054 /* standard errors to either side */

enum { DOUBT_ALL_DIGITS = 4 }; /* that people are shown of a number without an error */

/* 'A' known to within 5 %, 'B' to within 20 %, 'C' to within less than all of it, '-' not known:
 * the interval reaches down to 0. `error` is one standard error; below 0: unknown. */
char doubt_grade(double value, double error);

/* How many significant digits of `value` are known: 1 to DOUBT_ALL_DIGITS. An `error` below 0,
 * which is none, leaves all. */
int doubt_digits(double value, double error);

#endif
