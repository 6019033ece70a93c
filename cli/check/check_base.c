/* SPDX-License-Identifier: MIT */
/*
 * Holds each function against BASE: `at most 5 % more calls than base` (see check_judge.h).
 * Functions are the same when their names are, since files get renamed and lines shift. Functions
 * that BASE does not have are not judged; they are named in a note.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_findings.h"
#include "check_limit.h"
#include "check_rows.h"
#include "cli/print/units.h"

static int locate(const struct check_judgement *judgement, struct check_finding *finding,
                  const char *name, struct error *error) {
    const struct analysis *analysis = judgement->profile->analysis;
    const size_t count = (size_t)analysis->function_sums.count + 1;
    bool *named = calloc(count, sizeof(*named));
    int64_t *sums = calloc(2 * count, sizeof(*sums));
    struct analysis_bounds bounds;
    int result = -1;
    if (named == NULL || sums == NULL) {
        error_set(error, "out of memory");
    } else {
        for (uint32_t i = 0; i < analysis->function_sums.count; i++)
            named[i] = strcmp(analysis->functions[i].name, name) == 0;
        result = analysis_scope_sum(
            analysis, &(struct analysis_scope){.type = judgement->type, .what = named}, &bounds,
            sums, sums + count, error);
        if (result == 0)
            check_locate(finding, &(struct check_sets){.what = named}, sums, sums + count);
    }
    free(named);
    free(sums);
    return result;
}

static int judge_row(const struct check_judgement *judgement, struct check_findings *findings,
                     const struct check_row *now, const struct check_row *before,
                     struct error *error) {
    const struct analysis_bounds bounds = {.least = now->value, .most = now->value};
    const struct analysis_bounds base = {.least = before->value, .most = before->value};
    if (check_is_exempt(judgement->input->rules, now->name) ||
        check_compare_growth(judgement->rule, &bounds, &base) == CHECK_HELD)
        return 0;
    struct check_finding *finding = check_findings_add(findings, judgement, error);
    if (finding == NULL)
        return -1;
    finding->verdict = CHECK_BROKEN;
    finding->has_numbers = true;
    finding->least = finding->most = now->value;
    check_say_growth(finding, before->value);
    return locate(judgement, finding, now->name, error);
}

/* Notes the functions that BASE does not have. */
struct newcomers {
    uint32_t count;
    const struct check_row *largest;
};

static void add_newcomer(struct newcomers *newcomers, const struct check_row *row) {
    newcomers->count++;
    if (newcomers->largest == NULL || row->value > newcomers->largest->value)
        newcomers->largest = row;
}

static void say_newcomers(struct check_finding *finding, const struct newcomers *newcomers) {
    if (newcomers->largest != NULL)
        snprintf(finding->why, sizeof(finding->why),
                 "%u %s not in the base and not held to it, with most %.160s: %s", newcomers->count,
                 newcomers->count == 1 ? "function is" : "functions are", newcomers->largest->name,
                 units_count(newcomers->largest->value).text);
}

static int compare_rows(const struct check_judgement *judgement, struct check_findings *findings,
                        const struct check_rows *now, const struct check_rows *before,
                        struct error *error) {
    const uint32_t first = findings->count;
    struct newcomers newcomers = {0, NULL};
    for (uint32_t i = 0; i < now->count; i++) {
        const struct check_row *row = &now->list[i];
        const struct check_row *old = check_rows_find(before, row->name);
        if (old == NULL)
            add_newcomer(&newcomers, row);
        else if (judge_row(judgement, findings, row, old, error) != 0)
            return -1;
    }
    if (findings->count == first) {
        struct check_finding *finding = check_findings_add(findings, judgement, error);
        if (finding == NULL)
            return -1;
        finding->verdict = CHECK_HELD;
    }
    say_newcomers(&findings->list[first], &newcomers);
    return 0;
}

int check_judge_each(const struct check_judgement *judgement, struct check_findings *findings,
                     struct error *error) {
    struct check_rows now = {0}, before = {0};
    int result = check_rows_fill(&now, judgement->profile->analysis, judgement->type, error);
    if (result == 0)
        result =
            check_rows_fill(&before, judgement->input->base->analysis, judgement->base_type, error);
    if (result == 0)
        result = compare_rows(judgement, findings, &now, &before, error);
    check_rows_free(&now);
    check_rows_free(&before);
    return result;
}
