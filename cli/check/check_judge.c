/* SPDX-License-Identifier: MIT */
/*
 * See check_judge.h. Rules on each function and BASE are judged in check_base.c, numbers are
 * compared in check_limit.c.
 */
#include "check_judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "check_findings.h"
#include "check_known.h"
#include "check_limit.h"
#include "check_sets.h"
#include "cli/print/units.h"

/* --- one rule, one profile -------------------------------------------------------------------- */

static void say_bounds(struct check_finding *finding, const struct analysis_bounds *bounds) {
    if (finding->verdict != CHECK_UNDECIDED)
        return;
    if (bounds->truncated != 0)
        snprintf(finding->why, sizeof(finding->why),
                 "the context of %s was not kept: record with more contexts (contexts=N)",
                 units_count(bounds->truncated).text);
    else
        snprintf(finding->why, sizeof(finding->why),
                 "recursion folded the context of %s: it may or may not have been there",
                 units_count(bounds->folded).text);
}

/* How often the function of `per` was called. A profile without calls (of the heap, say) takes
 * the number from the profile that stands for the same run. When there is no number `calls` is
 * -1 and `why` says why; returns -1 with `error` filled on failure. */
static int count_calls(const struct check_judgement *judgement, const struct check_sets *sets,
                       int64_t *calls, char why[320], struct error *error) {
    const struct check_profile *profile = judgement->profile;
    struct check_sets own = {0};
    struct analysis_bounds bounds;
    const bool *per = sets->per;
    uint32_t type = profile_find_value_type(profile->profile, "calls");
    *calls = -1;
    if (type == PROFILE_NONE) {
        profile = check_same_run(judgement->input, profile, judgement->rule->value);
        if (profile == NULL) {
            snprintf(why, 320, "%s has no calls: give the exact profile of the same run as well",
                     judgement->profile->name);
            return 0;
        }
        type = profile_find_value_type(profile->profile, "calls");
        if (check_sets_fill(&own, judgement->rule, judgement->input->rules, profile->analysis) !=
            0) {
            check_sets_free(&own);
            return error_set(error, "out of memory");
        }
        per = own.per;
    }
    const int result =
        analysis_scope_sum(profile->analysis, &(struct analysis_scope){.type = type, .what = per},
                           &bounds, NULL, NULL, error);
    *calls = bounds.least;
    check_sets_free(&own);
    return result;
}

static int judge_limit(const struct check_judgement *judgement, struct check_finding *finding,
                       const struct check_sets *sets, const struct analysis_bounds *bounds,
                       struct error *error) {
    const struct rule *rule = judgement->rule;
    int64_t calls = 1;
    if (rule->per.text != NULL) {
        if (count_calls(judgement, sets, &calls, finding->why, error) != 0)
            return -1;
        if (calls == 0 && !rule->may_be_missing)
            snprintf(finding->why, sizeof(finding->why), "%.200s was not called", rule->per.text);
        if (finding->why[0] != '\0')
            return 0;
    }
    const struct check_fraction limit = check_limit_of(rule, calls);
    finding->has_numbers = true;
    finding->verdict = check_compare(rule->bound, bounds->least, bounds->most, limit);
    check_say_limit(finding, limit, calls);
    say_bounds(finding, bounds);
    return 0;
}

static int judge_growth(const struct check_judgement *judgement, struct check_finding *finding,
                        const struct analysis_bounds *bounds, struct error *error) {
    const struct check_profile *base = judgement->input->base;
    struct analysis_bounds before;
    struct check_sets sets;
    int result = -1;
    if (check_sets_fill(&sets, judgement->rule, judgement->input->rules, base->analysis) != 0)
        error_set(error, "out of memory");
    else
        result = check_sum(base->analysis, judgement->rule, &sets, judgement->base_type, &before,
                           NULL, NULL, error);
    check_sets_free(&sets);
    if (result != 0)
        return -1;
    finding->has_numbers = true;
    finding->verdict = check_compare_growth(judgement->rule, bounds, &before);
    check_say_growth(finding, before.least);
    say_bounds(finding, bounds->most != bounds->least ? bounds : &before);
    return 0;
}

static int judge_sets(const struct check_judgement *judgement, const struct check_sets *sets,
                      struct check_finding *finding, struct error *error) {
    const struct analysis *analysis = judgement->profile->analysis;
    const size_t count = (size_t)analysis->function_sums.count + 1;
    int64_t *by_function = calloc(count, sizeof(*by_function));
    int64_t *by_caller = calloc(count, sizeof(*by_caller));
    struct analysis_bounds bounds;
    int result = -1;
    if (by_function == NULL || by_caller == NULL)
        error_set(error, "out of memory");
    else
        result = check_sum(analysis, judgement->rule, sets, judgement->type, &bounds, by_function,
                           by_caller, error);
    if (result == 0) {
        finding->least = bounds.least;
        finding->most = bounds.most;
        check_locate(finding, sets, by_function, by_caller);
        result = judgement->rule->kind == RULE_GROWTH
                     ? judge_growth(judgement, finding, &bounds, error)
                     : judge_limit(judgement, finding, sets, &bounds, error);
    }
    free(by_function);
    free(by_caller);
    return result;
}

static int judge_one(const struct check_judgement *judgement, struct check_findings *findings,
                     struct error *error) {
    if (judgement->rule->scope == RULE_EACH)
        return check_judge_each(judgement, findings, error);
    struct check_finding *finding = check_findings_add(findings, judgement, error);
    struct check_sets sets = {0};
    if (finding == NULL)
        return -1;
    int result = check_sets_fill(&sets, judgement->rule, judgement->input->rules,
                                 judgement->profile->analysis);
    if (result != 0)
        error_set(error, "out of memory");
    else if (check_names_are_known(judgement, &sets, finding->why))
        result = judge_sets(judgement, &sets, finding, error);
    check_sets_free(&sets);
    return result;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Adds a finding for a rule whose value none of the profiles has. */
static int say_missing(const struct check_input *input, const struct rule *rule, const char *why,
                       struct check_findings *findings, struct error *error) {
    const struct check_judgement judgement = {.input = input, .rule = rule};
    struct check_finding *finding = check_findings_add(findings, &judgement, error);
    if (finding == NULL)
        return -1;
    if (why[0] != '\0')
        snprintf(finding->why, sizeof(finding->why), "%s", why);
    else
        check_say_values(input, rule, finding->why);
    return 0;
}

static int judge_rule(const struct check_input *input, const struct rule *rule,
                      struct check_findings *findings, struct error *error) {
    bool is_judged = false;
    char why[320] = "";
    for (uint32_t i = 0; i < input->profile_count; i++) {
        struct check_judgement judgement = {.input = input, .rule = rule};
        judgement.profile = &input->profiles[i];
        judgement.type = check_value(judgement.profile->profile, rule->value, why);
        if (judgement.type == PROFILE_NONE)
            continue;
        if (rule->kind == RULE_GROWTH) {
            judgement.base_type = check_value(input->base->profile, rule->value, why);
            if (judgement.base_type == PROFILE_NONE && why[0] == '\0')
                snprintf(why, sizeof(why), "the base %.200s has no value '%s'", input->base->name,
                         rule->value);
            if (judgement.base_type == PROFILE_NONE)
                break;
        }
        is_judged = true;
        if (judge_one(&judgement, findings, error) != 0)
            return -1;
    }
    return is_judged ? 0 : say_missing(input, rule, why, findings, error);
}

int check_judge(const struct check_input *input, struct check_findings *findings,
                struct error *error) {
    for (uint32_t i = 0; i < input->rules->count; i++) {
        const struct rule *rule = &input->rules->list[i];
        if (rule->kind != RULE_EXEMPT && judge_rule(input, rule, findings, error) != 0)
            return error_prefix(error, "%s:%u", rule->file, rule->line);
    }
    return 0;
}
