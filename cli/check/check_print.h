/* SPDX-License-Identifier: MIT */
/*
 * Prints verdicts (check_judge.h) for people, for programs and for CI: one file a format. Called by
 * cmd_check.c. Each function prints all of `findings` and fails only when out of memory.
 */
#ifndef CINSTR_CLI_CHECK_PRINT_H
#define CINSTR_CLI_CHECK_PRINT_H

#include <linux/limits.h>
#include <stdio.h>

#include "check_judge.h"

typedef int check_printer(FILE *out, const struct check_input *input,
                          const struct check_findings *findings, struct error *error);

check_printer check_print_text;   /* broken and undecided rules, and a line of sums */
check_printer check_print_json;   /* one object with every finding */
check_printer check_print_junit;  /* a test case a rule, in the format of Ant and Jenkins */
check_printer check_print_sarif;  /* SARIF 2.1.0: a result for each broken finding */
check_printer check_print_github; /* workflow commands: ::error file=…,line=…:: */

/* --- what they share: check_place.c ----------------------------------------------------------- */

/* Where a finding points to: the function's definition, or else the rule. */
struct check_place {
    char file[PATH_MAX]; /* relative if it is below the current directory */
    int64_t line;        /* 1 where the line is not known */
    bool is_source;      /* false: it is the rule */
};
void check_find_place(const struct check_finding *finding, struct check_place *place);

/* The finding in one line: "found 400, expected at most 300; callers: parse 300, respond 100". */
struct check_message {
    char text[1536];
};
struct check_message check_say(const struct check_finding *finding);

struct check_sums {
    uint32_t rules, held, broken, undecided;
};
struct check_sums check_sum_up(const struct check_input *input,
                               const struct check_findings *findings);

#endif
