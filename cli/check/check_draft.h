/* SPDX-License-Identifier: MIT */
/* A first file of rules, from runs: `cinstr check --write-rules`. Called by cmd_check.c. */
#ifndef CINSTR_CLI_CHECK_DRAFT_H
#define CINSTR_CLI_CHECK_DRAFT_H

#include <stdio.h>

#include "check_judge.h"

/* Prints rules that these profiles hold, to be read and cut by a person: what all of the program
 * did, and the functions called most. What differed between the profiles is exempt. */
int check_draft(FILE *out, const struct check_profile *profiles, uint32_t count,
                struct error *error);

#endif
