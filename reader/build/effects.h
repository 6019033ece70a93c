/* SPDX-License-Identifier: MIT */
/*
 * Nested random effects: what all contexts of a run have in common, what those of a function have,
 * and what is a context's own. Each effect is drawn from a normal distribution around 0 and fitted
 * by its most probable value, one after the other: the run's by all evidence, a function's by its
 * contexts', a context's by its own. So a context about which little is known follows its function,
 * and a function the run. (Breslow and Clayton, "Approximate inference in generalized linear mixed
 * models", Journal of the American Statistical Association 88, 1993.) Used by correction.c.
 */
#ifndef CINSTR_READER_EFFECTS_H
#define CINSTR_READER_EFFECTS_H

#include "reader/snapshot/snapshot.h"

struct effects {
    /* By node, for contexts that are not `skipped`. */
    double *value;      /* in: what is expected; out: with all effects added */
    double *variance;   /* out: of the function's and the context's own effect, by chance */
    double *context_sd; /* in: standard deviations of contexts' own effects */
    double run_sd, function_sd;
    double bias_sd;      /* how far all evidence may err in the same direction; 0 if it does not */
    double run_variance; /* out: of the run's effect */
    /* The derivative of the evidence's logarithm where the value is `value`; adds the second
     * derivative's negative to `curvature`. Falls as `value` rises. */
    double (*slope)(const void *evidence, uint32_t node, double value, double *curvature);
    const void *evidence;
};

/* `nodes`: the contexts, `count` of them; they are sorted by function. */
void effects_fit(struct effects *effects, const struct snapshot *snapshot, uint32_t *nodes,
                 uint32_t count);

#endif
