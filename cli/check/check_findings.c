/* SPDX-License-Identifier: MIT */
/* See check_findings.h. */
#include "check_findings.h"

#include <stdlib.h>

struct check_finding *check_findings_add(struct check_findings *findings,
                                         const struct check_judgement *judgement,
                                         struct error *error) {
    struct check_finding *list =
        reallocarray(findings->list, (size_t)findings->count + 1, sizeof(*list));
    if (list == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    findings->list = list;
    struct check_finding *finding = &list[findings->count++];
    *finding = (struct check_finding){
        .rule = judgement->rule,
        .profile = judgement->profile,
        .verdict = CHECK_UNDECIDED,
        .function = PROFILE_NONE,
    };
    return finding;
}

void check_findings_free(struct check_findings *findings) {
    free(findings->list);
    *findings = (struct check_findings){0};
}

/* --- where to look ---------------------------------------------------------------------------- */

static void keep_caller(struct check_finding *finding, uint32_t function, int64_t value) {
    uint32_t at = finding->caller_count;
    while (at > 0 && finding->callers[at - 1].value < value)
        at--;
    if (at == CHECK_CALLERS)
        return;
    if (finding->caller_count < CHECK_CALLERS)
        finding->caller_count++;
    for (uint32_t i = finding->caller_count - 1; i > at; i--)
        finding->callers[i] = finding->callers[i - 1];
    finding->callers[at] = (struct check_share){function, value};
}

/* `set` may be NULL: no function. */
static uint32_t first_of(const bool *set, uint32_t count) {
    for (uint32_t i = 0; set != NULL && i < count; i++) {
        if (set[i])
            return i;
    }
    return PROFILE_NONE;
}

void check_locate(struct check_finding *finding, const struct check_sets *sets,
                  const int64_t *by_function, const int64_t *by_caller) {
    const uint32_t count = finding->profile->analysis->function_sums.count;
    const bool is_in = finding->rule->scope == RULE_IN && !finding->rule->where.has_wildcards;
    uint32_t most = PROFILE_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (by_function[i] > 0 && (most == PROFILE_NONE || by_function[i] > by_function[most]))
            most = i;
        if (by_caller[i] > 0)
            keep_caller(finding, i, by_caller[i]);
    }
    /* A function such as malloc has no source file; the place is then the function that must not
     * call it. */
    if (most != PROFILE_NONE && finding->profile->analysis->functions[most].file[0] == '\0')
        most = PROFILE_NONE;
    if (is_in || most == PROFILE_NONE)
        most = first_of(sets->where, count);
    finding->function = most != PROFILE_NONE ? most : first_of(sets->what, count);
}

/* --- verdicts --------------------------------------------------------------------------------- */

enum check_verdict check_verdict_of(const struct check_findings *findings,
                                    const struct rule *rule) {
    enum check_verdict verdict = CHECK_HELD;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct check_finding *finding = &findings->list[i];
        if (finding->rule != rule)
            continue;
        if (finding->verdict == CHECK_BROKEN)
            return CHECK_BROKEN;
        if (finding->verdict == CHECK_UNDECIDED)
            verdict = CHECK_UNDECIDED;
    }
    return verdict;
}

const char *check_verdict_name(enum check_verdict verdict) {
    static const char *const names[] = {"held", "broken", "undecided"};
    return names[verdict];
}
