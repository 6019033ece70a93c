/* SPDX-License-Identifier: MIT */
/* See check_known.h. */
#include "check_known.h"

#include <stdio.h>
#include <string.h>

#include "reader/analysis/never_called.h"

static bool is_in_profile(const struct pattern *pattern, const struct check_profile *profile) {
    const struct analysis *analysis = profile->analysis;
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (pattern_matches(pattern, analysis->functions[i].name))
            return true;
    }
    return false;
}

/* Whether the plugin has instrumented a function of that name. Programs without the plugin's
 * table tell nothing. */
static bool is_never_called(const struct pattern *pattern, const struct check_profile *profile) {
    struct error ignored;
    struct never_called *list = never_called_new(profile->profile, &ignored);
    bool is_known = false;
    for (uint32_t i = 0; list != NULL && !is_known && i < list->count; i++)
        is_known = pattern_matches(pattern, list->functions[i].name);
    never_called_free(list);
    return is_known;
}

static bool is_known(const struct check_input *input, const struct pattern *pattern) {
    for (uint32_t i = 0; i < input->profile_count; i++) {
        if (is_in_profile(pattern, &input->profiles[i]))
            return true;
    }
    if (input->base != NULL && is_in_profile(pattern, input->base))
        return true;
    for (uint32_t i = 0; i < input->profile_count; i++) {
        if (is_never_called(pattern, &input->profiles[i]))
            return true;
    }
    return false;
}

bool check_names_are_known(const struct check_judgement *judgement, const struct check_sets *sets,
                           char why[320]) {
    const struct rule *rule = judgement->rule;
    const struct pattern *patterns[] = {&rule->what, &rule->where, &rule->per};
    const bool *found[] = {sets->what, sets->where, sets->per};
    for (int i = 0; i < 3 && !rule->may_be_missing; i++) {
        if (patterns[i]->text == NULL ||
            !check_set_is_empty(found[i], judgement->profile->analysis) ||
            is_known(judgement->input, patterns[i]))
            continue;
        snprintf(why, 320,
                 "no function is called %.160s: the rule matches nothing (end it in 'if present' "
                 "where that is right)",
                 patterns[i]->text);
        return false;
    }
    return true;
}

const struct check_profile *check_same_run(const struct check_input *input,
                                           const struct check_profile *profile, const char *value) {
    uint32_t number = 0;
    for (const struct check_profile *at = input->profiles; at != profile; at++)
        number += profile_find_value_type(at->profile, value) != PROFILE_NONE;
    for (uint32_t i = 0; i < input->profile_count; i++) {
        const struct check_profile *other = &input->profiles[i];
        if (profile_find_value_type(other->profile, "calls") != PROFILE_NONE && number-- == 0)
            return other;
    }
    return NULL;
}

void check_say_values(const struct check_input *input, const struct rule *rule, char why[320]) {
    size_t used =
        (size_t)snprintf(why, 320, "no profile has the value '%s'; there are", rule->value);
    for (uint32_t i = 0; i < input->profile_count; i++) {
        const struct profile *profile = input->profiles[i].profile;
        for (uint32_t type = 0; type < profile->value_type_count && used < 320; type++)
            used +=
                (size_t)snprintf(why + used, 320 - used, " %s", profile->value_types[type].name);
    }
}
