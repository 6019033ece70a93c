/* SPDX-License-Identifier: MIT */
/*
 * Verdicts: rules held against profiles. Called by the check command, which prints them
 * (check_print.h). All arithmetic is in whole numbers, so that equal profiles get equal verdicts.
 */
#ifndef CINSTR_CLI_CHECK_JUDGE_H
#define CINSTR_CLI_CHECK_JUDGE_H

#include "check_rules.h"
#include "reader/analysis/analysis.h"

/* A profile with its edges, and the name that it was given by. */
struct check_profile {
    const char *name;
    struct profile *profile;
    struct analysis *analysis;
};

enum check_verdict { CHECK_HELD, CHECK_BROKEN, CHECK_UNDECIDED };

enum { CHECK_CALLERS = 3 };

/* What one rule says of one profile. A rule on each function has one finding for each function
 * that breaks it. */
struct check_finding {
    const struct rule *rule;
    const struct check_profile *profile; /* NULL: no profile has what the rule is about */
    enum check_verdict verdict;
    bool has_numbers;      /* the next three are set; else only `why` */
    int64_t least, most;   /* the number found; two bounds where contexts were lost */
    char expected[320];    /* "at most 300 (3 for each of 100 calls of handle)" */
    char why[320];         /* why there is no verdict, or a remark; "" none */
    uint32_t function;     /* to look at, in the profile's analysis; PROFILE_NONE none */
    uint32_t caller_count; /* the callers that contribute most, largest first */
    struct check_share {
        uint32_t function;
        int64_t value;
    } callers[CHECK_CALLERS];
};

struct check_findings { /* starts all zero */
    struct check_finding *list;
    uint32_t count;
};

struct check_input {
    const struct rules *rules;
    const struct check_profile *profiles;
    uint32_t profile_count;
    const struct check_profile *base; /* NULL none */
};

/* Fills `findings`, in the order of the rules. -1 with `error` filled when out of memory or when
 * a sum does not fit into 64 bits; `findings` has to be freed then, too. */
int check_judge(const struct check_input *input, struct check_findings *findings,
                struct error *error);
void check_findings_free(struct check_findings *findings);

/* The verdict on one rule over all its findings: broken if any is broken, else undecided if any is,
 * else held. */
enum check_verdict check_verdict_of(const struct check_findings *findings, const struct rule *rule);
const char *check_verdict_name(enum check_verdict verdict);

#endif
