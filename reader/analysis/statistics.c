/* SPDX-License-Identifier: MIT */
/* See statistics.h. Methods are named where they are used; libm has the special functions. */
#include "statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

double statistics_normal_p(double z) {
    return erfc(fabs(z) / sqrt(2));
}

struct statistics_interval statistics_wilson(double hits, double n, double z) {
    const double share = n > 0 ? hits / n : 0;
    const double scale = 1 + z * z / n;
    const double middle = share + z * z / (2 * n);
    const double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    if (n <= 0)
        return (struct statistics_interval){0, 1};
    return (struct statistics_interval){fmax(0, (middle - half) / scale),
                                        fmin(1, (middle + half) / scale)};
}

/* --- exact binomial --------------------------------------------------------------------------- */

static double binomial_log_mass(double k, double n, double p) {
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p);
}

/* P(X <= k) for k below the mean, or P(X >= k) for k above it: sums outwards from k, where terms
 * decrease. */
static double tail_from(double k, double n, double p, double step) {
    double sum = 0, term = 1;
    while (k >= 0 && k <= n && term >= sum * 1e-16) {
        term = exp(binomial_log_mass(k, n, p));
        sum += term;
        k += step;
    }
    return sum;
}

double statistics_binomial_p(double hits, double n, double p) {
    if (n <= 0)
        return 1;
    if (p <= 0 || p >= 1)
        return hits == n * (p >= 1) ? 1 : 0;
    return fmin(1, 2 * tail_from(hits, n, p, hits <= n * p ? -1 : 1));
}

double statistics_binomial_deviation(double n, double p) {
    const double next = floor(n * p) + 1;
    if (n < 1 || p <= 0 || p >= 1)
        return 0;
    return 2 * next * (1 - p) * exp(binomial_log_mass(fmin(next, n), n, p));
}

/* --- chi-square ------------------------------------------------------------------------------- */

enum { TERMS_MAX = 100000 };

/* The regularized lower incomplete gamma function by its series (Abramowitz and Stegun 6.5.29). */
static double gamma_series(double a, double x) {
    double term = 1 / a, sum = term;
    for (int i = 1; i < TERMS_MAX && term > sum * 1e-16; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * exp(a * log(x) - x - lgamma(a));
}

/* The upper one by its continued fraction (6.5.31), evaluated from the front (Lentz 1976). */
static double gamma_fraction(double a, double x) {
    const double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, product = d;
    for (int i = 1; i < TERMS_MAX; i++) {
        const double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = b + an / c;
        c = fabs(c) < tiny ? tiny : c;
        product *= c * d;
        if (fabs(c * d - 1) < 1e-15)
            break;
    }
    return product * exp(a * log(x) - x - lgamma(a));
}

double statistics_chi_square_p(double x, double degrees) {
    const double a = degrees / 2, half = x / 2;
    if (x <= 0 || degrees <= 0)
        return 1;
    return half < a + 1 ? 1 - gamma_series(a, half) : gamma_fraction(a, half);
}

/* --- Student's distribution ------------------------------------------------------------------- */

/* P(|T| <= t) for t = sqrt(degrees) tan(angle) (Abramowitz and Stegun 26.7.3 and 26.7.4). */
static double student_inside(double angle, unsigned degrees) {
    const double square = cos(angle) * cos(angle);
    const unsigned odd = degrees % 2;
    double term = odd ? cos(angle) : 1, sum = 0;
    for (unsigned i = 2 + odd; i <= degrees; i += 2) {
        sum += term;
        term *= square * (i - 1) / i;
    }
    return odd ? M_2_PI * (angle + sin(angle) * sum) : sin(angle) * sum;
}

double statistics_student_t(double level, unsigned degrees) {
    double low = 0, high = M_PI_2;
    for (int i = 0; i < 64; i++) {
        const double middle = (low + high) / 2;
        if (student_inside(middle, degrees) < level)
            low = middle;
        else
            high = middle;
    }
    return sqrt(degrees) * tan(low);
}

/* --- many at once ----------------------------------------------------------------------------- */

static int compare_by_value(const void *left, const void *right, void *context) {
    const double *values = context;
    const double a = values[*(const size_t *)left], b = values[*(const size_t *)right];
    return (a > b) - (a < b);
}

/* Indices of `values`, smallest first; NULL when out of memory. */
static size_t *sort(const double *values, size_t count) {
    size_t *order = reallocarray(NULL, count + 1, sizeof(*order));
    if (order == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof(*order), compare_by_value, (void *)(uintptr_t)values);
    return order;
}

int statistics_holm(double *p, size_t count) {
    size_t *order = sort(p, count);
    double most = 0;
    if (order == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fmin(1, p[order[i]] * (double)(count - i)));
        p[order[i]] = most;
    }
    free(order);
    return 0;
}

/* NULL when out of memory. */
static double *ranks(const double *values, size_t count) {
    double *ranks = reallocarray(NULL, count + 1, sizeof(*ranks));
    size_t *order = sort(values, count);
    for (size_t i = 0, end; ranks != NULL && order != NULL && i < count; i = end) {
        for (end = i + 1; end < count && values[order[end]] == values[order[i]];)
            end++;
        for (size_t k = i; k < end; k++)
            ranks[order[k]] = (double)(i + 1 + end) / 2;
    }
    if (order == NULL) {
        free(ranks);
        ranks = NULL;
    }
    free(order);
    return ranks;
}

double statistics_rank_correlation(const double *a, const double *b, size_t count) {
    double *ranks_a = ranks(a, count), *ranks_b = ranks(b, count);
    const double mean = ((double)count + 1) / 2;
    double product = 0, square_a = 0, square_b = 0;
    for (size_t i = 0; ranks_a != NULL && ranks_b != NULL && i < count; i++) {
        product += (ranks_a[i] - mean) * (ranks_b[i] - mean);
        square_a += (ranks_a[i] - mean) * (ranks_a[i] - mean);
        square_b += (ranks_b[i] - mean) * (ranks_b[i] - mean);
    }
    free(ranks_a);
    free(ranks_b);
    return square_a > 0 && square_b > 0 ? product / sqrt(square_a * square_b) : NAN;
}
