/* SPDX-License-Identifier: MIT */
/* See growth_fit.h. */
#include "growth_fit.h"

#include <math.h>

#include "reader/analysis/statistics.h"

struct line {
    double slope, offset, square_sum; /* sum of the squared residuals */
    double spread;                    /* sum of squares of the sizes' logarithms about their mean */
};

static bool has_logarithm(double value) {
    return value > 0 && isfinite(value);
}

static struct line fit_line(const double *sizes, const double *values, uint32_t count,
                            uint32_t points) {
    double mean_x = 0, mean_y = 0, product = 0;
    struct line line = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (has_logarithm(values[i])) {
            mean_x += log(sizes[i]) / points;
            mean_y += log(values[i]) / points;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!has_logarithm(values[i]))
            continue;
        const double x = log(sizes[i]) - mean_x;
        line.spread += x * x;
        product += x * (log(values[i]) - mean_y);
    }
    line.slope = product / line.spread;
    line.offset = mean_y - line.slope * mean_x;
    for (uint32_t i = 0; i < count; i++) {
        if (!has_logarithm(values[i]))
            continue;
        const double left = log(values[i]) - line.offset - line.slope * log(sizes[i]);
        line.square_sum += left * left;
    }
    return line;
}

/* --- shapes ----------------------------------------------------------------------------------- */

static double shape_at(enum growth_shape shape, double size) {
    switch (shape) {
    case GROWTH_LOG:
        return log(size);
    case GROWTH_LINEAR:
        return size;
    case GROWTH_LINEAR_LOG:
        return size * log(size);
    case GROWTH_SQUARE:
        return size * size;
    case GROWTH_CUBE:
        return size * size * size;
    default:
        return 1;
    }
}

/* The largest relative deviation under the best scale for the shape; infinite where the shape is
 * 0. */
static double deviation_of(enum growth_shape shape, const double *sizes, const double *values,
                           uint32_t count) {
    double least = INFINITY, most = 0;
    for (uint32_t i = 0; i < count; i++) {
        const double expected = shape_at(shape, sizes[i]);
        if (!has_logarithm(values[i]) || expected <= 0)
            return INFINITY;
        least = fmin(least, values[i] / expected);
        most = fmax(most, values[i] / expected);
    }
    return sqrt(most / least) - 1;
}

static void find_shape(struct growth_fit *fit, const double *sizes, const double *values,
                       uint32_t count) {
    fit->shape = GROWTH_POWER;
    fit->deviation = NAN;
    for (enum growth_shape shape = GROWTH_CONSTANT; shape < GROWTH_SHAPES; shape++) {
        const double deviation = deviation_of(shape, sizes, values, count);
        if (deviation > GROWTH_NEAR || (fit->shape != GROWTH_POWER && deviation >= fit->deviation))
            continue;
        fit->shape = shape;
        fit->deviation = deviation;
    }
}

const char *growth_shape_name(enum growth_shape shape) {
    static const char *const names[GROWTH_SHAPES] = {
        [GROWTH_POWER] = "n^a", [GROWTH_CONSTANT] = "constant",  [GROWTH_LOG] = "log n",
        [GROWTH_LINEAR] = "n",  [GROWTH_LINEAR_LOG] = "n log n", [GROWTH_SQUARE] = "n^2",
        [GROWTH_CUBE] = "n^3",
    };
    return names[shape];
}

/* --- the whole -------------------------------------------------------------------------------- */

static double last_slope(const double *sizes, const double *values, uint32_t count) {
    uint32_t last = count, before = count;
    for (uint32_t i = 0; i < count; i++) {
        if (has_logarithm(values[i])) {
            before = last;
            last = i;
        }
    }
    return before == count ? NAN
                           : log(values[last] / values[before]) / log(sizes[last] / sizes[before]);
}

void growth_fit(struct growth_fit *fit, const double *sizes, const double *values, uint32_t count) {
    *fit = (struct growth_fit){.exponent = NAN,
                               .scale = NAN,
                               .low = -INFINITY,
                               .high = INFINITY,
                               .residual = NAN,
                               .last = NAN,
                               .deviation = NAN};
    for (uint32_t i = 0; i < count; i++)
        fit->points += has_logarithm(values[i]);
    if (fit->points < 2)
        return;
    const struct line line = fit_line(sizes, values, count, fit->points);
    fit->exponent = line.slope;
    fit->scale = exp(line.offset);
    fit->residual = sqrt(line.square_sum / fit->points);
    fit->last = last_slope(sizes, values, count);
    find_shape(fit, sizes, values, count);
    if (fit->points < 3)
        return;
    const unsigned degrees = fit->points - 2;
    const double error = sqrt(line.square_sum / degrees / line.spread);
    const double half = statistics_student_t(0.95, degrees) * error;
    fit->low = fit->exponent - half;
    fit->high = fit->exponent + half;
}

enum growth_verdict growth_judge(const struct growth_fit *fit, double most) {
    /* A line through whole numbers is not exact in floating point. */
    const double rounding = 1e-9;
    if (fit->points >= 3 && fit->low > most + rounding)
        return GROWTH_BROKEN;
    return fit->points >= 3 && fit->high <= most + rounding ? GROWTH_HELD : GROWTH_UNDECIDED;
}
