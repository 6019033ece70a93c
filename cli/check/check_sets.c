/* SPDX-License-Identifier: MIT */
/* See check_sets.h. */
#include "check_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool check_is_exempt(const struct rules *rules, const char *function) {
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->list[i];
        if (rule->kind == RULE_EXEMPT && pattern_matches(&rule->what, function))
            return true;
    }
    return false;
}

static bool fill_set(bool **set, const struct pattern *pattern, const struct rules *rules,
                     const struct analysis *analysis) {
    const uint32_t count = analysis->function_sums.count;
    if (pattern->text == NULL)
        return true;
    *set = calloc((size_t)count + 1, sizeof(**set));
    for (uint32_t i = 0; *set != NULL && i < count; i++) {
        const char *name = analysis->functions[i].name;
        (*set)[i] = pattern_matches(pattern, name) &&
                    !(pattern->has_wildcards && check_is_exempt(rules, name));
    }
    return *set != NULL;
}

int check_sets_fill(struct check_sets *sets, const struct rule *rule, const struct rules *rules,
                    const struct analysis *analysis) {
    *sets = (struct check_sets){0};
    return fill_set(&sets->what, &rule->what, rules, analysis) &&
                   fill_set(&sets->where, &rule->where, rules, analysis) &&
                   fill_set(&sets->per, &rule->per, rules, analysis)
               ? 0
               : -1;
}

void check_sets_free(struct check_sets *sets) {
    free(sets->what);
    free(sets->where);
    free(sets->per);
}

bool check_set_is_empty(const bool *set, const struct analysis *analysis) {
    return set == NULL || memchr(set, true, analysis->function_sums.count) == NULL;
}

uint32_t check_value(const struct profile *profile, const char *value, char why[320]) {
    const uint32_t type = profile_find_value_type(profile, value);
    if (type == PROFILE_NONE)
        return PROFILE_NONE;
    const char *unit = profile->value_types[type].unit;
    if (strcmp(unit, "count") != 0 && strcmp(unit, "bytes") != 0)
        snprintf(why, 320,
                 "'%s' is in %s, which differ from run to run: rules are on counts and bytes",
                 value, unit);
    else if (profile_find_value_type(profile, "samples") != PROFILE_NONE)
        snprintf(why, 320, "the profile is sampled: its numbers differ from run to run");
    else if (strcmp(profile->period_type.unit, "bytes") == 0 && profile->period > 1)
        snprintf(why, 320,
                 "only one allocation in %lld bytes was recorded: record all, with heap=exact",
                 (long long)profile->period);
    else
        return type;
    return PROFILE_NONE;
}

int check_sum(const struct analysis *analysis, const struct rule *rule,
              const struct check_sets *sets, uint32_t type, struct analysis_bounds *bounds,
              int64_t *by_function, int64_t *by_caller, struct error *error) {
    struct analysis_scope scope = {.type = type, .what = sets->what};
    if (rule->scope == RULE_EDGE)
        scope.caller = sets->where;
    else if (rule->scope == RULE_BELOW || rule->scope == RULE_IN)
        scope.above = sets->where;
    scope.has_above_too = rule->scope == RULE_IN;
    return analysis_scope_sum(analysis, &scope, bounds, by_function, by_caller, error);
}
