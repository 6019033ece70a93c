/* SPDX-License-Identifier: MIT */
/*
 * Compares a sampled profile with an exact one of the same program: function by function (or
 * context by context), how far apart their shares of the time are, and whether chance explains it.
 *
 * A sample is charged to the innermost function of its stack that the exact profile knows, since
 * there the time of code without hooks is its caller's. A context consists of the functions of a
 * stack that both profiles know: callers that no sampled stack has are left out of the exact ones.
 * Samples of the recorded run itself contain the probes' time and are compared with raw times;
 * other samples with corrected times. CPU samples are compared with CPU time, those of the wall
 * clock with wall time. Both sides may err: a sampler is not blamed for what the exact side does
 * not know. Called by the command; works on any two pprof profiles of which one is exact.
 */
#ifndef CINSTR_READER_COMPARE_H
#define CINSTR_READER_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"

enum compare_against {
    COMPARE_AUTO, /* raw if both profiles are of the same run, else corrected */
    COMPARE_RAW,
    COMPARE_CORRECTED,
};

struct compare_options {
    enum compare_against against;
    bool by_context; /* rows are calling contexts, not functions */
    double level;    /* probability of any wrong verdict: 0.05 */
};

enum compare_verdict {
    COMPARE_WITHIN_CHANCE, /* chance explains the difference: no evidence, which is not agreement */
    COMPARE_WITHIN_ERROR,  /* beyond chance, but not beyond the error of the exact time */
    COMPARE_MORE,          /* sampled more often than it should be */
    COMPARE_LESS,
    COMPARE_UNRESOLVED /* not judged: the exact profile does not know its time (grade '-') */
};

struct compare_row {
    uint32_t function;    /* index in exact->functions */
    const uint32_t *path; /* by context: its path_length functions, innermost first */
    uint32_t path_length; /* 0 by function */
    int64_t calls;        /* exact calls */
    double time, error;   /* exact nanoseconds on the basis compared; one standard error */
    double variance;      /* the part of that error that is due to chance (timing=adaptive) */
    double overhead;      /* nanoseconds of probes in it, included or taken out */
    double samples;       /* may be fractions, since samples are weighted */
    double exact_share;   /* of all time */
    double sampled_share; /* of all samples that were matched */
    double low, high;     /* 95 % interval of sampled_share */
    double z;             /* difference in standard deviations, both sides' errors included */
    double p;             /* chance of such a difference by both errors, among all rows */
    double chance_p;      /* the same by chance alone */
    enum compare_verdict verdict;
    char grade;    /* grade of the exact time (doubt.h) */
    bool is_timed; /* the exact profile knows its time, or has no call of it */
};

struct compare {
    struct analysis *exact, *sampled;
    const char *value_name; /* the exact profile's "cpu" or "wall" */
    bool is_raw, is_same_run;
    struct compare_row *rows; /* largest first */
    uint32_t row_count;
    uint32_t *paths; /* memory of rows[].path */

    double samples;         /* all samples */
    double probes;          /* those in the hooks, charged to the context of the call */
    double unplaced;        /* nanoseconds that the exact times have too much, in sum */
    double charged;         /* in code that the exact profile lacks: charged to its caller */
    double unmatched;       /* those without any known function in their stack, left out */
    double overhead_share;  /* the probes' share of the raw time */
    double relative_error;  /* one standard deviation of the probes' cost, relative */
    double total_variation; /* half the sum of all differences */
    double by_chance;       /* what it would be on average if the shares were equal */
    double by_error;        /* what the exact side's error contributes to it */
    double chi_square, chi_square_p;
    uint32_t degrees;
    double rank_correlation; /* of the 20 largest */
    uint32_t top10, top20;   /* of the 10 and 20 largest, so many are so sampled */
    double never_expected;   /* functions expected to have no sample */
    uint32_t never_found;
    int64_t never_calls; /* calls of functions without a sample */
    uint32_t differ;     /* rows whose verdict is MORE or LESS, */
    uint32_t in_error;   /* and WITHIN_ERROR */
};

/* Both profiles must live longer than the result. NULL with `error` filled: no time in the exact
 * profile, no samples in the other, out of memory. */
struct compare *compare_new(const struct profile *exact, const struct profile *sampled,
                            const struct compare_options *options, struct error *error);
void compare_free(struct compare *compare);

/* How many samples would narrow the 95 % interval of a share to +-`relative` of it. */
double compare_samples_for(double share, double relative);

#endif
