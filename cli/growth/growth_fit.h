/* SPDX-License-Identifier: MIT */
/*
 * How a number grows with the size of a program's input: the power law value = scale *
 * size^exponent, fitted by least squares to the logarithms (Goldsmith, Aiken and Wilkerson 2007),
 * and the nearest of some usual shapes. Takes numbers and gives numbers; it knows nothing of
 * profiles. Called by growth_rows.c.
 *
 * Counts have no noise. The doubt in such a fit is about its model: smaller terms beside the
 * leading one bend the line, and the interval is as wide as the bend.
 */
#ifndef CINSTR_CLI_GROWTH_FIT_H
#define CINSTR_CLI_GROWTH_FIT_H

#include <stdbool.h>
#include <stdint.h>

enum growth_shape {
    GROWTH_POWER, /* none of those below is near: size^exponent */
    GROWTH_CONSTANT,
    GROWTH_LOG,
    GROWTH_LINEAR,
    GROWTH_LINEAR_LOG,
    GROWTH_SQUARE,
    GROWTH_CUBE,
    GROWTH_SHAPES,
};

struct growth_fit {
    uint32_t points;        /* how many values are above 0: the others have no logarithm */
    double exponent, scale; /* NAN for fewer than two */
    double low, high;       /* the exponent's 95 % interval; infinite for fewer than three points */
    double residual;        /* root mean square of the relative deviations from the line */
    double last;            /* the exponent between the two largest sizes alone */
    enum growth_shape shape;
    double deviation; /* largest relative deviation from the shape; NAN for GROWTH_POWER */
};

/* How far a shape may be from each point to be chosen. */
#define GROWTH_NEAR 0.02

/* The sizes have to be above 0 and ascending. */
void growth_fit(struct growth_fit *fit, const double *sizes, const double *values, uint32_t count);

/* "n log n"; for GROWTH_POWER "n^a". */
const char *growth_shape_name(enum growth_shape shape);

/* Whether it grows faster than with that exponent, by its interval. */
enum growth_verdict { GROWTH_HELD, GROWTH_BROKEN, GROWTH_UNDECIDED };
enum growth_verdict growth_judge(const struct growth_fit *fit, double most);

#endif
