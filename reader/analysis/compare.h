/* SPDX-License-Identifier: MIT */
/*
 * A sampled profile held against an exact one of the same program: function by function (or context
 * by context), how far apart their shares of the time are, and whether chance explains it.
 *
 * Samples are charged to the innermost function of their stack that the exact profile knows: code
 * without hooks has its time in its caller there. A context is what both know of a stack: callers
 * that no sampled stack has are left out of the exact ones. Samples of the run that was recorded
 * hold the probes' own time and are compared with raw times; others with times as corrected. Called
 * by the command; works on any two pprof profiles of which one is exact.
 */
#ifndef CINSTR_READER_COMPARE_H
#define CINSTR_READER_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"

enum compare_against {
    COMPARE_AUTO, /* raw if both profiles are of one run, corrected if not */
    COMPARE_RAW,
    COMPARE_CORRECTED,
};

struct compare_options {
    enum compare_against against;
    bool by_context; /* rows are calling contexts, not functions */
    double level;    /* of all verdicts together: 0.05 */
};

enum compare_verdict {
    COMPARE_AGREES, /* chance explains the difference */
    COMPARE_MORE,   /* sampled more often than it should be */
    COMPARE_LESS,
    COMPARE_UNRESOLVED /* the exact profile itself does not know its time */
};

struct compare_row {
    uint32_t function;    /* into exact->functions */
    const uint32_t *path; /* by context: functions, innermost first, path_length of them */
    uint32_t path_length; /* 0 by function */
    int64_t calls;        /* exact */
    double time, error;   /* exact nanoseconds, on the basis compared; one standard deviation */
    double overhead;      /* nanoseconds of probes in it, in or left out */
    double samples;       /* may be fractions: weighted samples */
    double exact_share;   /* of all time */
    double sampled_share; /* of all samples that were matched */
    double low, high;     /* 95 % interval of sampled_share */
    double z;             /* difference in standard deviations */
    double p;             /* that chance alone makes such a difference, judged among all rows */
    enum compare_verdict verdict;
    char
        grade; /* of the exact time: 'A' probes below 10 % of it, 'B' 50 %, 'C' more, '-' unknown */
};

struct compare {
    struct analysis *exact, *sampled;
    const char *value_name; /* "cpu" or "wall", of the exact profile */
    bool is_raw, is_same_run;
    struct compare_row *rows; /* largest first */
    uint32_t row_count;
    uint32_t *paths; /* what rows[].path lie in */

    double samples;         /* all of them */
    double probes;          /* of which in the hooks: charged to the context that they served */
    double charged;         /* in other code that the exact profile does not know: to its caller */
    double unmatched;       /* of which none of the stack is known: left out */
    double overhead_share;  /* of the raw time */
    double relative_error;  /* of the probes' cost, one standard deviation */
    double total_variation; /* half the sum of all differences */
    double by_chance;       /* what it would be on average if the shares were the same */
    double chi_square, chi_square_p;
    uint32_t degrees;
    double rank_correlation; /* of the 20 largest */
    uint32_t top10, top20;   /* of the 10 and 20 largest, how many are among the sampled ones' */
    double never_expected;   /* functions that so many samples should miss */
    uint32_t never_found;
    int64_t never_calls; /* calls of those */
    uint32_t differ;     /* rows whose verdict is MORE or LESS */
};

/* Both profiles must outlive the result. NULL with `error` filled: no time in the exact profile, no
 * samples in the other, out of memory. */
struct compare *compare_new(const struct profile *exact, const struct profile *sampled,
                            const struct compare_options *options, struct error *error);
void compare_free(struct compare *compare);

/* How many samples would bring the 95 % interval of a share to +-`relative` of it. */
double compare_samples_for(double share, double relative);

#endif
