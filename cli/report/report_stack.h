/* SPDX-License-Identifier: MIT */
/* Whole stacks in reports: those that show contexts one by one. */
#ifndef CINSTR_CLI_REPORT_STACK_H
#define CINSTR_CLI_REPORT_STACK_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/profile/profile.h"

/* Prints the frames of a sample, a line each, innermost first, inlined functions included. */
void report_stack_text(FILE *out, const struct profile *profile, uint32_t sample);

/* The same as an array of objects; the caller owns it. */
json_t *report_stack_json(const struct profile *profile, uint32_t sample);

#endif
