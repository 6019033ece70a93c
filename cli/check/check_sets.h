/* SPDX-License-Identifier: MIT */
/*
 * Patterns against a profile: which functions they match, and which value type a rule is about.
 * Called by check_judge.c and check_base.c.
 */
#ifndef CINSTR_CLI_CHECK_SETS_H
#define CINSTR_CLI_CHECK_SETS_H

#include "check_judge.h"
#include "reader/analysis/analysis_scope.h"

/* One rule's sets of functions in one profile, one flag a function; NULL where the rule has no
 * such names. */
struct check_sets {
    bool *what, *where, *per;
};

/* Wildcards do not match exempt functions. -1 when out of memory; free the sets in any case. */
int check_sets_fill(struct check_sets *sets, const struct rule *rule, const struct rules *rules,
                    const struct analysis *analysis);
void check_sets_free(struct check_sets *sets);

bool check_set_is_empty(const bool *set, const struct analysis *analysis);
bool check_is_exempt(const struct rules *rules, const char *function);

/* Index of the value type; PROFILE_NONE when the profile does not have it, or it is not an exact
 * count; `why` then says which. */
uint32_t check_value(const struct profile *profile, const char *value, char why[320]);

/* Sums what the rule is about. The arrays are those of analysis_scope_sum(). */
int check_sum(const struct analysis *analysis, const struct rule *rule,
              const struct check_sets *sets, uint32_t type, struct analysis_bounds *bounds,
              int64_t *by_function, int64_t *by_caller, struct error *error);

#endif
