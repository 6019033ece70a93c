/* SPDX-License-Identifier: MIT */
/* `cinstr check --write-rules`: writes a first file of rules from some runs. Called by
 * cmd_check.c. */
#ifndef CINSTR_CLI_CHECK_DRAFT_H
#define CINSTR_CLI_CHECK_DRAFT_H

#include <stdio.h>

#include "check_judge.h"

/* Prints rules that these profiles fulfil, for a person to read and shorten: on the whole
 * program, and on the functions called most. Functions that differ between the profiles are
 * exempt. */
int check_draft(FILE *out, const struct check_profile *profiles, uint32_t count,
                struct error *error);

#endif
