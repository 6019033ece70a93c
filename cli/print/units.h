/* SPDX-License-Identifier: MIT */
/*
 * Prints numbers for people: durations, sizes and counts with their units, and dates. Used by
 * everything in the command that prints for people; machine formats print plain integers.
 */
#ifndef CINSTR_CLI_UNITS_H
#define CINSTR_CLI_UNITS_H

#include <stdint.h>

#define UNITS_SIZE 48 /* size of a buffer that holds any of them */

struct units_text {
    char text[UNITS_SIZE];
};

/* "1,234,567" */
struct units_text units_count(int64_t value);

/* "1.234 s", "12.34 us", "0.42 ns"; "0" for 0. */
struct units_text units_ns(double ns);

/* The same with `digits` significant digits, 1 to 4; and with no more digits than are known:
 * `error` is one standard error (doubt.h), below 0 when unknown. For 0 with an error it prints
 * the most that it may be, "<8 ms". */
struct units_text units_ns_digits(double ns, int digits);
struct units_text units_ns_within(double ns, double error);

/* The plural ending of the noun after a count: "" for 1, else "s". */
static inline const char *units_plural(int64_t count) {
    return count == 1 ? "" : "s";
}

/* Prints by the unit of a value type: nanoseconds, bytes, count; any other unit is appended. */
struct units_text units_amount(double value, const char *unit);

/* The same; times have no more digits than are known. */
struct units_text units_amount_within(double value, const char *unit, double error);

/* "12.3%"; "-" when `whole` is 0. */
struct units_text units_share(double part, double whole);

/* The same, with no more digits than are known of `part`. */
struct units_text units_share_within(double part, double whole, double error);

/* How long ago: "42 s", "3 min", "5 h", "12 d". */
struct units_text units_age(double seconds);

/* "2026-01-31 12:34:56", in local time. */
struct units_text units_date(int64_t unix_ns);

#endif
