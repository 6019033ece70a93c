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

/* The same with so many significant digits, 1 to 4; and with no more than are known: `error` is one
 * standard error (doubt.h), below 0 unknown. "<8 ms" for 0 with an error: what it may be at most.
 */
struct units_text units_ns_digits(double ns, int digits);
struct units_text units_ns_within(double ns, double error);

/* "" for 1, "s" else: of the noun after a count. */
static inline const char *units_plural(int64_t count) {
    return count == 1 ? "" : "s";
}

/* By the unit of a value type: nanoseconds, bytes, count, or any other, which is appended. */
struct units_text units_amount(double value, const char *unit);

/* The same, of times with no more digits than are known. */
struct units_text units_amount_within(double value, const char *unit, double error);

/* "12.3%"; "-" of nothing. */
struct units_text units_share(double part, double whole);

/* The same with no more digits than are known of `part`. */
struct units_text units_share_within(double part, double whole, double error);

/* How long ago: "42 s", "3 min", "5 h", "12 d". */
struct units_text units_age(double seconds);

/* "2026-01-31 12:34:56", in local time. */
struct units_text units_date(int64_t unix_ns);

#endif
