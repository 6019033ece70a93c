/* SPDX-License-Identifier: MIT */
/* One line of a file of rules (see check_rules.h). Called by check_rules.c alone. */
#ifndef CINSTR_CLI_CHECK_PARSE_H
#define CINSTR_CLI_CHECK_PARSE_H

#include "check_rules.h"

/* Fills `rule`, which is all zero before, from a line without its comment. On error returns -1
 * with `error` filled and `column` (from 1 on) at the mistake; `rule` has to be freed then, too. */
int rule_parse(struct rule *rule, const char *line, uint32_t *column, struct error *error);

void rule_free(struct rule *rule);

#endif
