/* SPDX-License-Identifier: MIT */
/*
 * Whether the names in a rule stand for anything: a rule about a function that nobody knows is held
 * for ever, and a mistake. Called by check_judge.c.
 */
#ifndef CINSTR_CLI_CHECK_KNOWN_H
#define CINSTR_CLI_CHECK_KNOWN_H

#include "check_findings.h"

/* True if each name is a function of the profile, or of another that was given, or one that was
 * instrumented and never called, or if the rule allows that it is missing. Else `why` says which is
 * not. */
bool check_names_are_known(const struct check_judgement *judgement, const struct check_sets *sets,
                           char why[320]);

/* The profile with calls that stands for the same run as one without: the n-th of those with calls
 * for the n-th that has `value`. NULL: there is none. */
const struct check_profile *check_same_run(const struct check_input *input,
                                           const struct check_profile *profile, const char *value);

/* Which values there are, where that of the rule is not. */
void check_say_values(const struct check_input *input, const struct rule *rule, char why[320]);

#endif
