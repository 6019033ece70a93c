/* SPDX-License-Identifier: MIT */
/*
 * Compares the number of a rule with the number of a profile, as fractions of 128 bits and never in
 * floating point, so that no verdict depends on rounding. Called by the parts of the judge.
 */
#ifndef CINSTR_CLI_CHECK_LIMIT_H
#define CINSTR_CLI_CHECK_LIMIT_H

#include "check_judge.h"
#include "reader/analysis/analysis_scope.h"

__extension__ typedef __int128 check_wide;

struct check_fraction {
    check_wide above, below; /* below > 0 */
};

/* The limit: the rule's number for each of so many calls. */
struct check_fraction check_limit_of(const struct rule *rule, int64_t calls);

/* Held or broken where both bounds give the same verdict, else undecided. */
enum check_verdict check_compare(enum rule_bound bound, int64_t least, int64_t most,
                                 struct check_fraction limit);

/* The same for a rule on BASE. */
enum check_verdict check_compare_growth(const struct rule *rule, const struct analysis_bounds *now,
                                        const struct analysis_bounds *base);

/* Fill `expected`. */
void check_say_limit(struct check_finding *finding, struct check_fraction limit, int64_t calls);
void check_say_growth(struct check_finding *finding, int64_t base);

#endif
