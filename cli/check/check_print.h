/* SPDX-License-Identifier: MIT */
/*
 * Verdicts (check_judge.h) for people, programs and what runs in CI: one file a format. Called by
 * cmd_check.c. Each prints the whole of `findings` and fails only when out of memory.
 */
#ifndef CINSTR_CLI_CHECK_PRINT_H
#define CINSTR_CLI_CHECK_PRINT_H

#include <linux/limits.h>
#include <stdio.h>

#include "check_judge.h"

typedef int check_printer(FILE *out, const struct check_input *input,
                          const struct check_findings *findings, struct error *error);

check_printer check_print_text;   /* what is broken or cannot be told, and a line of sums */
check_printer check_print_json;   /* one object with every finding */
check_printer check_print_junit;  /* a test case a rule, as Ant and Jenkins have them */
check_printer check_print_sarif;  /* SARIF 2.1.0: a result for each broken finding */
check_printer check_print_github; /* workflow commands: ::error file=…,line=…:: */

/* --- what they share: check_place.c ----------------------------------------------------------- */

/* Where a finding points: the function's definition, or else the rule. */
struct check_place {
    char file[PATH_MAX]; /* relative where it is below this directory */
    int64_t line;        /* 1 where it is not known */
    bool is_source;      /* false: the rule */
};
void check_find_place(const struct check_finding *finding, struct check_place *place);

/* In one line: "found 400, expected at most 300; callers: parse 300, respond 100". */
struct check_message {
    char text[1536];
};
struct check_message check_say(const struct check_finding *finding);

struct check_sums {
    uint32_t rules, held, broken, cannot_tell;
};
struct check_sums check_sum_up(const struct check_input *input,
                               const struct check_findings *findings);

#endif
