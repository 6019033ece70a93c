/* SPDX-License-Identifier: MIT */
/* Tests of growth_fit.c: known exponents are found, intervals hold them as often as they say, and a
 * verdict is only given where the interval allows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "cli/growth/growth_fit.h"

static const double sizes[] = {1000, 2000, 4000, 8000};
enum { SIZES = 4 };

static struct growth_fit fit(double (*count)(double)) {
    struct growth_fit result;
    double values[SIZES];
    for (int i = 0; i < SIZES; i++)
        values[i] = count(sizes[i]);
    growth_fit(&result, sizes, values, SIZES);
    return result;
}

static double constant(double n) {
    (void)n;
    return 7;
}
static double linear(double n) {
    return 3 * n;
}
static double linear_and_some(double n) {
    return n + 9;
}
static double linear_log(double n) {
    return floor(n * log2(n));
}
static double pairs(double n) {
    return n * (n - 1) / 2;
}
static double cube(double n) {
    return n * n * n;
}
static double power(double n) {
    return pow(n, 1.5);
}
static double logarithm(double n) {
    return 100 * log(n);
}
static double mixed(double n) {
    return 10 * n + n * n / 1000;
}

static void assert_fit(double (*count)(double), double exponent, double tolerance,
                       const char *shape) {
    const struct growth_fit found = fit(count);
    if (fabs(found.exponent - exponent) > tolerance ||
        strcmp(growth_shape_name(found.shape), shape) != 0)
        fail_msg("n^%g, %s is not n^%g, %s", found.exponent, growth_shape_name(found.shape),
                 exponent, shape);
    assert_true(found.low <= found.exponent && found.exponent <= found.high);
}

static void known_exponents(void **state) {
    (void)state;
    assert_fit(constant, 0, 1e-12, "constant");
    assert_fit(linear, 1, 1e-12, "n");
    assert_fit(linear_and_some, 1, 0.01, "n");
    assert_fit(linear_log, 1.13, 0.01, "n log n");
    assert_fit(pairs, 2, 0.001, "n^2");
    assert_fit(cube, 3, 1e-12, "n^3");
    assert_fit(power, 1.5, 1e-12, "n^a");
    assert_fit(logarithm, 0.125, 0.01, "log n");
}

/* A sum of two powers is no power: the interval is wide, and the end is steeper than the whole. */
static void bends_are_doubt(void **state) {
    const struct growth_fit found = fit(mixed);
    (void)state;
    assert_true(found.low < 1.2 && found.high > 1.3 && found.last > found.exponent + 0.1);
    assert_true(found.shape == GROWTH_POWER && found.residual > 0.01);
    assert_int_equal(growth_judge(&found, 1.2), GROWTH_UNDECIDED);
    assert_int_equal(growth_judge(&found, 0.9), GROWTH_BROKEN);
    assert_int_equal(growth_judge(&found, 2), GROWTH_HELD);
}

static void few_points_tell_little(void **state) {
    const double values[] = {0, 0, 5, 10};
    struct growth_fit found;
    (void)state;
    growth_fit(&found, sizes, values, SIZES);
    assert_int_equal(found.points, 2);
    assert_true(fabs(found.exponent - 1) < 1e-12 && isinf(found.low) && isinf(found.high));
    assert_int_equal(growth_judge(&found, 100), GROWTH_UNDECIDED);
    growth_fit(&found, sizes, values, 3);
    assert_true(found.points == 1 && isnan(found.exponent));
    assert_int_equal(growth_judge(&found, 100), GROWTH_UNDECIDED);
}

static void exact_powers_keep_to_their_limit(void **state) {
    const struct growth_fit one = fit(linear), two = fit(cube);
    (void)state;
    assert_int_equal(growth_judge(&one, 1), GROWTH_HELD);
    assert_int_equal(growth_judge(&two, 3), GROWTH_HELD);
    assert_int_equal(growth_judge(&two, 2.999), GROWTH_BROKEN);
}

/* A standard normal variable, by Box and Muller, from a generator of our own: the same each time.
 */
static double noise(uint64_t *seed) {
    double parts[2];
    for (int i = 0; i < 2; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        parts[i] = ((double)(*seed >> 11) + 0.5) / 0x1p53;
    }
    return sqrt(-2 * log(parts[0])) * cos(2 * M_PI * parts[1]);
}

/* 95 % of 20,000 intervals contain the truth, within four standard deviations of that number. */
static void intervals_hold_what_they_say(void **state) {
    enum { RUNS = 20000, MOST = 8 };
    const double many[MOST] = {100, 200, 400, 800, 1600, 3200, 6400, 12800};
    uint64_t seed = 1;

    (void)state;
    for (uint32_t count = 3; count <= MOST; count++) {
        int held = 0;
        for (int run = 0; run < RUNS; run++) {
            struct growth_fit found;
            double values[MOST];
            for (uint32_t i = 0; i < count; i++)
                values[i] = 5 * pow(many[i], 1.3) * exp(0.1 * noise(&seed));
            growth_fit(&found, many, values, count);
            held += found.low <= 1.3 && 1.3 <= found.high;
        }
        if (fabs(held - 0.95 * (double)RUNS) > 4 * sqrt(0.95 * 0.05 * (double)RUNS))
            fail_msg("%u sizes: %d of %d intervals hold the truth", count, held, RUNS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_exponents),
        cmocka_unit_test(bends_are_doubt),
        cmocka_unit_test(few_points_tell_little),
        cmocka_unit_test(exact_powers_keep_to_their_limit),
        cmocka_unit_test(intervals_hold_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
