/* SPDX-License-Identifier: MIT */
/*
 * The statistics for comparisons and fits: intervals and tests for shares of samples, and the
 * distance of two distributions. Takes and gives plain numbers; knows nothing of profiles.
 */
#ifndef CINSTR_READER_STATISTICS_H
#define CINSTR_READER_STATISTICS_H

#include <stddef.h>

/* Of a standard normal variable: P(|Z| >= |z|). */
double statistics_normal_p(double z);

/* An interval for a share, given `hits` of `n` samples, by score (Wilson 1927): correct for
 * small shares and few samples, where the usual one is not. `z` is 1.96 for 95 %. */
struct statistics_interval {
    double low, high;
};
struct statistics_interval statistics_wilson(double hits, double n, double z);

/* Two-sided test of `hits` of `n` against a share of `p`, exact: twice the smaller tail, at most 1.
 */
double statistics_binomial_p(double hits, double n, double p);

/* How far the hits among `n` samples of a share `p` lie from n p on average, by chance alone (de
 * Moivre 1730). */
double statistics_binomial_deviation(double n, double p);

/* P(X >= x) of a chi-square variable with so many degrees of freedom. */
double statistics_chi_square_p(double x, double degrees);

/* The t with P(|T| <= t) = `level` of Student's distribution, for a whole number of degrees of
 * freedom from 1 on. */
double statistics_student_t(double level, unsigned degrees);

/* Adjusts `count` p-values in place for being judged together (Holm 1979). -1 when out of
 * memory. */
int statistics_holm(double *p, size_t count);

/* Rank correlation (Spearman 1904), ties at their mean rank; NAN where one side is all the same, or
 * when out of memory. */
double statistics_rank_correlation(const double *a, const double *b, size_t count);

#endif
