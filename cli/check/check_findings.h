/* SPDX-License-Identifier: MIT */
/* What the parts of the judge (check_judge.h) share: how findings are made. */
#ifndef CINSTR_CLI_CHECK_FINDINGS_H
#define CINSTR_CLI_CHECK_FINDINGS_H

#include "check_sets.h"

/* A rule and the profile that it is held against. */
struct check_judgement {
    const struct check_input *input;
    const struct rule *rule;
    const struct check_profile *profile; /* NULL: no profile has the value */
    uint32_t type, base_type;            /* the rule's value type, in profile and base */
};

/* Adds a finding whose verdict is undecided. NULL with `error` filled when out of memory.
 * The pointer is good until the next one is added. */
struct check_finding *check_findings_add(struct check_findings *findings,
                                         const struct check_judgement *judgement,
                                         struct error *error);

/* Sets the finding's place and callers: of the functions in `by_function` the one with the
 * largest number, or else the first that matches at all, and its callers with the largest
 * shares. */
void check_locate(struct check_finding *finding, const struct check_sets *sets,
                  const int64_t *by_function, const int64_t *by_caller);

/* In check_base.c: judges each function against BASE. */
int check_judge_each(const struct check_judgement *judgement, struct check_findings *findings,
                     struct error *error);

#endif
