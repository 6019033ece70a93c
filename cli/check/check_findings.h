/* SPDX-License-Identifier: MIT */
/* What the parts of the judge share (check_judge.h): how findings are made. */
#ifndef CINSTR_CLI_CHECK_FINDINGS_H
#define CINSTR_CLI_CHECK_FINDINGS_H

#include "check_sets.h"

/* A rule before a profile. */
struct check_judgement {
    const struct check_input *input;
    const struct rule *rule;
    const struct check_profile *profile; /* NULL: no profile has the value */
    uint32_t type, base_type;            /* indices of the value, in profile and base */
};

/* A finding that cannot be told yet. NULL with `error` filled when out of memory; good until the
 * next is added. */
struct check_finding *check_findings_add(struct check_findings *findings,
                                         const struct check_judgement *judgement,
                                         struct error *error);

/* Where to look: of the functions in `by_function` that with most, or the first that is meant at
 * all; and the callers with most. */
void check_locate(struct check_finding *finding, const struct check_sets *sets,
                  const int64_t *by_function, const int64_t *by_caller);

/* check_base.c: each function for itself, against BASE. */
int check_judge_each(const struct check_judgement *judgement, struct check_findings *findings,
                     struct error *error);

#endif
