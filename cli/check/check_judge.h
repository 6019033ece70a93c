/* SPDX-License-Identifier: MIT */
/*
 * Verdicts: rules held against profiles. Called by the check command, which prints them
 * (check_print.h). Verdicts are reached in whole numbers: equal profiles get equal ones.
 */
#ifndef CINSTR_CLI_CHECK_JUDGE_H
#define CINSTR_CLI_CHECK_JUDGE_H

#include "check_rules.h"
#include "reader/analysis/analysis.h"

/* A profile with its edges, and where it came from. */
struct check_profile {
    const char *name;
    struct profile *profile;
    struct analysis *analysis;
};

enum check_verdict { CHECK_HELD, CHECK_BROKEN, CHECK_CANNOT_TELL };

enum { CHECK_CALLERS = 3 };

/* One rule and one profile; of a rule on each function, also one for each that breaks it. */
struct check_finding {
    const struct rule *rule;
    const struct check_profile *profile; /* NULL: none of them has what the rule is about */
    enum check_verdict verdict;
    bool has_numbers;      /* the next three; without them only `why` */
    int64_t least, most;   /* what was found: two numbers where contexts were lost */
    char expected[320];    /* "at most 300 (3 for each of 100 calls of handle)" */
    char why[320];         /* why it cannot be told, or a remark; "" nothing to say */
    uint32_t function;     /* where to look, of the profile's analysis; PROFILE_NONE nowhere */
    uint32_t caller_count; /* those that contribute most, most first */
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

/* Fills `findings`, in the order of the rules. -1 with `error` filled when out of memory or a sum
 * does not fit; what is in `findings` is then to be freed as well. */
int check_judge(const struct check_input *input, struct check_findings *findings,
                struct error *error);
void check_findings_free(struct check_findings *findings);

/* The verdict on one rule over all its findings: broken before cannot tell before held. */
enum check_verdict check_verdict_of(const struct check_findings *findings, const struct rule *rule);
const char *check_verdict_name(enum check_verdict verdict);

#endif
