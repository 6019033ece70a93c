/* SPDX-License-Identifier: MIT */
/*
 * Whether the names in a rule exist at all: a rule about a function that no profile knows would
 * always hold, and is a mistake. Called by check_judge.c.
 */
#ifndef CINSTR_CLI_CHECK_KNOWN_H
#define CINSTR_CLI_CHECK_KNOWN_H

#include "check_findings.h"

/* True if each name is a function of this profile, or of another that was given, or was
 * instrumented and never called, or if the rule allows that it is missing. Otherwise `why` names
 * one that is not. */
bool check_names_are_known(const struct check_judgement *judgement, const struct check_sets *sets,
                           char why[320]);

/* The profile with calls that stands for the same run as one without calls: the n-th profile
 * with calls belongs to the n-th that has `value`. NULL: there is none. */
const struct check_profile *check_same_run(const struct check_input *input,
                                           const struct check_profile *profile, const char *value);

/* Lists the values that there are, for the message about a rule whose value is missing. */
void check_say_values(const struct check_input *input, const struct rule *rule, char why[320]);

#endif
