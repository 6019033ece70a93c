/* SPDX-License-Identifier: MIT */
/* The statistics against R 4.2 (Debian's r-base-core): each number with the command that prints it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "reader/analysis/statistics.h"

static void assert_near(double found, double expected) {
    if (fabs(found - expected) > 1e-9 * fabs(expected) + 1e-12)
        fail_msg("%.15g is not %.15g", found, expected);
}

static void normal_tails(void **state) {
    (void)state;
    assert_near(statistics_normal_p(-1.96), 0.0499957902964409); /* 2*pnorm(-1.96) */
    assert_near(statistics_normal_p(4), 6.33424836662398e-05);   /* 2*pnorm(-4) */
}

static void score_intervals(void **state) {
    struct statistics_interval found;
    (void)state;
    found = statistics_wilson(15, 50, 1.95996398454005);
    assert_near(found.low, 0.191035535008809); /* prop.test(15,50,correct=FALSE)$conf.int */
    assert_near(found.high, 0.437503504644534);
    found = statistics_wilson(0, 20, 1.95996398454005);
    assert_near(found.low, 0); /* prop.test(0,20,correct=FALSE)$conf.int */
    assert_near(found.high, 0.161125158052819);
    found = statistics_wilson(700, 1000, 2.5758293035489);
    assert_near(found.low,
                0.661454325958902); /* prop.test(700,1000,correct=FALSE,conf.level=.99) */
    assert_near(found.high, 0.735909208079735);
    found = statistics_wilson(0, 0, 1.96);
    assert_true(found.low == 0 && found.high == 1);
}

static void binomial_tails(void **state) {
    (void)state;
    assert_near(statistics_binomial_p(2, 100, 0.06), 0.113225553335714); /* 2*pbinom(2,100,.06) */
    /* 2*pbinom(11,100,.06,lower.tail=FALSE) */
    assert_near(statistics_binomial_p(12, 100, 0.06), 0.0335047757333738);
    assert_near(statistics_binomial_p(0, 1e6, 1e-6), 0.73575851446329); /* 2*pbinom(0,1e6,1e-6) */
    assert_near(statistics_binomial_p(0, 10, 0), 1);
    assert_near(statistics_binomial_p(1, 10, 0), 0);
    assert_near(statistics_binomial_p(10, 10, 1), 1);
    assert_near(statistics_binomial_p(0, 0, 0.5), 1);
}

static void mean_deviations(void **state) {
    (void)state;
    /* sum(abs(0:100-6)*dbinom(0:100,100,.06)); sum(abs(0:1000-.5)*dbinom(0:1000,1000,.0005)) */
    assert_near(statistics_binomial_deviation(100, 0.06), 1.86865955881391);
    assert_near(statistics_binomial_deviation(1000, 0.0005), 0.606454822840062);
    assert_near(statistics_binomial_deviation(0, 0.5), 0);
}

static void chi_square_tails(void **state) {
    (void)state;
    assert_near(statistics_chi_square_p(3.84, 1), 0.0500435212487052); /* pchisq(3.84,1,lower=F) */
    assert_near(statistics_chi_square_p(18.307, 10), 0.0500005890913981);
    assert_near(statistics_chi_square_p(250, 200), 0.0093791316688261);
    assert_near(statistics_chi_square_p(2, 5), 0.84914503608461);
    assert_near(statistics_chi_square_p(100, 3), 1.55415943138961e-21);
    assert_near(statistics_chi_square_p(0, 3), 1);
}

static void student_quantiles(void **state) {
    (void)state;
    assert_near(statistics_student_t(0.95, 1), 12.7062047361747); /* qt(.975,1) */
    assert_near(statistics_student_t(0.95, 2), 4.30265272974946);
    assert_near(statistics_student_t(0.95, 3), 3.18244630528371);
    assert_near(statistics_student_t(0.95, 4), 2.77644510519779);
    assert_near(statistics_student_t(0.99, 7), 3.49948329735049);  /* qt(.995,7) */
    assert_near(statistics_student_t(0.5, 30), 0.682755693292884); /* qt(.75,30) */
}

static void many_tests_at_once(void **state) {
    double p[] = {0.01, 0.04, 0.03, 0.005, 0.5};
    const double expected[] = {0.04, 0.09, 0.09, 0.025, 0.5}; /* p.adjust(p,"holm") */
    (void)state;
    assert_int_equal(statistics_holm(p, 5), 0);
    for (int i = 0; i < 5; i++)
        assert_near(p[i], expected[i]);
}

/* cor(a, b, method="spearman"); the first pair is the textbook's, IQ and hours of television. */
static void rank_correlations(void **state) {
    const double iq[] = {106, 86, 100, 101, 99, 103, 97, 113, 112, 110};
    const double hours[] = {7, 0, 27, 50, 28, 29, 20, 12, 6, 17};
    const double tied[] = {1, 2, 2, 3}, other[] = {1, 3, 2, 4}, same[] = {1, 1, 1, 1};
    (void)state;
    assert_near(statistics_rank_correlation(iq, hours, 10), -0.175757575757576);
    assert_near(statistics_rank_correlation(tied, other, 4), 0.948683298050514);
    assert_true(isnan(statistics_rank_correlation(same, other, 4)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_tails),      cmocka_unit_test(score_intervals),
        cmocka_unit_test(binomial_tails),    cmocka_unit_test(mean_deviations),
        cmocka_unit_test(chi_square_tails),  cmocka_unit_test(many_tests_at_once),
        cmocka_unit_test(rank_correlations), cmocka_unit_test(student_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
