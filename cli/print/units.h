/* SPDX-License-Identifier: MIT */
/*
 * Numbers for people: durations, sizes and counts with their units, dates. Used by everything in
 * the command that prints for reading; machine formats print plain integers instead.
 */
#ifndef CINSTR_CLI_UNITS_H
#define CINSTR_CLI_UNITS_H

#include <stdint.h>

#define UNITS_SIZE 48 /* of a buffer that holds any of them */

struct units_text {
    char text[UNITS_SIZE];
};

/* "1,234,567" */
struct units_text units_count(int64_t value);

/* "1.234 s", "12.34 us", "0.42 ns"; "0" for nothing at all. */
struct units_text units_ns(double ns);

/* By the unit of a value type: nanoseconds, bytes, count, or any other, which is appended. */
struct units_text units_amount(double value, const char *unit);

/* "12.3%"; "-" of nothing. */
struct units_text units_share(double part, double whole);

/* How long ago: "42 s", "3 min", "5 h", "12 d". */
struct units_text units_age(double seconds);

/* "2026-01-31 12:34:56", in local time. */
struct units_text units_date(int64_t unix_ns);

#endif
