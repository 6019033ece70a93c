/* SPDX-License-Identifier: MIT */
/*
 * Numbers for people (see units.h). Four significant digits are enough to compare and few enough to
 * read; fewer where fewer are known. Independent of the locale.
 */
#include "units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "reader/base/doubt.h"

struct units_text units_count(int64_t value) {
    struct units_text result;
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64,
                          value < 0 ? -(uint64_t)value : (uint64_t)value);
    char *out = result.text;
    if (value < 0)
        *out++ = '-';
    for (int i = 0; i < length; i++) {
        if (i != 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return result;
}

struct scale {
    double factor;
    const char *unit;
};

/* Prints so many significant digits in the largest unit that is not above the number. With all
 * digits (four), larger whole numbers are printed in full. */
static struct units_text scaled(double value, const struct scale *scales, int count, int digits) {
    struct units_text result;
    const double whole = 1 - 0.5 * pow(10, -digits); /* rounded up to 1 */
    double size = fabs(value);
    int i = 0, before = 1;
    while (i < count - 1 &&
           size / scales[i].factor >= scales[i + 1].factor / scales[i].factor * whole)
        i++;
    double shown = value / scales[i].factor;
    while (before < 18 && fabs(shown) >= pow(10, before) * whole)
        before++;
    if (before > digits && digits < DOUBT_ALL_DIGITS) {
        const double step = pow(10, before - digits);
        shown = rint(shown / step) * step;
    }
    if (before > DOUBT_ALL_DIGITS) {
        struct units_text count_text = units_count((int64_t)fmin(fmax(rint(shown), -9e18), 9e18));
        snprintf(result.text, sizeof(result.text), "%.32s %s", count_text.text, scales[i].unit);
    } else {
        snprintf(result.text, sizeof(result.text), "%.*f %s", before < digits ? digits - before : 0,
                 shown, scales[i].unit);
    }
    return result;
}

struct units_text units_ns_digits(double ns, int digits) {
    static const struct scale scales[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
    struct units_text result = {.text = "0"};
    if (ns == 0)
        return result;
    if (ns == rint(ns) && fabs(ns) < 1000 && digits == DOUBT_ALL_DIGITS) {
        snprintf(result.text, sizeof(result.text), "%.0f ns", ns);
        return result;
    }
    return scaled(ns, scales, 4, digits);
}

struct units_text units_ns(double ns) {
    return units_ns_digits(ns, DOUBT_ALL_DIGITS);
}

struct units_text units_ns_within(double ns, double error) {
    struct units_text result, most;
    if (ns != 0 || error <= 0)
        return units_ns_digits(ns, doubt_digits(ns, error));
    most = units_ns_digits(DOUBT_95 * error, 1);
    snprintf(result.text, sizeof(result.text), "<%.40s", most.text);
    return result;
}

static struct units_text units_bytes(double bytes) {
    static const struct scale scales[] = {
        {1, "B"}, {1024, "KiB"}, {1048576, "MiB"}, {1073741824, "GiB"}};
    struct units_text result = {.text = "0"};
    if (bytes == 0)
        return result;
    if (bytes == rint(bytes) && fabs(bytes) < 1000) {
        snprintf(result.text, sizeof(result.text), "%.0f B", bytes);
        return result;
    }
    return scaled(bytes, scales, 4, DOUBT_ALL_DIGITS);
}

struct units_text units_amount(double value, const char *unit) {
    if (strcmp(unit, "nanoseconds") == 0)
        return units_ns(value);
    if (strcmp(unit, "bytes") == 0)
        return units_bytes(value);
    struct units_text result;
    if (value == rint(value) && fabs(value) < 9e18)
        result = units_count((int64_t)value);
    else
        snprintf(result.text, sizeof(result.text), "%.4g", value);
    if (strcmp(unit, "count") != 0 && unit[0] != '\0') {
        size_t used = strlen(result.text);
        snprintf(result.text + used, sizeof(result.text) - used, " %.12s", unit);
    }
    return result;
}

struct units_text units_amount_within(double value, const char *unit, double error) {
    return strcmp(unit, "nanoseconds") == 0 ? units_ns_within(value, error)
                                            : units_amount(value, unit);
}

struct units_text units_share(double part, double whole) {
    return units_share_within(part, whole, -1);
}

struct units_text units_share_within(double part, double whole, double error) {
    struct units_text result = {.text = "-"};
    const int digits = doubt_digits(part, error);
    double percent = 100 * part / whole;
    int before = 0;
    if (whole == 0)
        return result;
    while (before < 3 && fabs(percent) >= pow(10, before))
        before++;
    if (before > digits) {
        const double step = pow(10, before - digits);
        percent = rint(percent / step) * step;
    }
    snprintf(result.text, sizeof(result.text), "%.*f%%", digits > before, percent);
    return result;
}

struct units_text units_age(double seconds) {
    static const struct scale scales[] = {{1, "s"}, {60, "min"}, {3600, "h"}, {86400, "d"}};
    struct units_text result;
    int i = 0;
    while (i < 3 && seconds >= 2 * scales[i + 1].factor)
        i++;
    snprintf(result.text, sizeof(result.text), "%.0f %s", floor(seconds / scales[i].factor),
             scales[i].unit);
    return result;
}

struct units_text units_date(int64_t unix_ns) {
    struct units_text result = {.text = "?"};
    time_t seconds = (time_t)(unix_ns / 1000000000);
    struct tm local;
    if (localtime_r(&seconds, &local) != NULL)
        strftime(result.text, sizeof(result.text), "%Y-%m-%d %H:%M:%S", &local);
    return result;
}
