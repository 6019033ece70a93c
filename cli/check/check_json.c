/* SPDX-License-Identifier: MIT */
/* Verdicts as one JSON object (see check_print.h): keys are only ever added. */
#include "check_print.h"
#include "page/json_text.h"

static json_t *callers(const struct check_finding *finding) {
    json_t *array = json_array();
    for (uint32_t i = 0; finding->profile != NULL && i < finding->caller_count; i++) {
        const struct check_share *share = &finding->callers[i];
        const struct analysis_function *function =
            &finding->profile->analysis->functions[share->function];
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:I, s:I}", "function", json_text(function->name), "file",
                             json_text(function->file), "line", (json_int_t)function->line, "value",
                             (json_int_t)share->value));
    }
    return array;
}

static void set_place(json_t *object, const struct check_finding *finding) {
    if (finding->profile == NULL || finding->function == PROFILE_NONE)
        return;
    const struct analysis_function *function =
        &finding->profile->analysis->functions[finding->function];
    json_object_set_new(object, "function", json_text(function->name));
    json_object_set_new(object, "file", json_text(function->file));
    json_object_set_new(object, "line", json_integer((json_int_t)function->line));
}

static json_t *entry(const struct check_finding *finding) {
    const struct rule *rule = finding->rule;
    json_t *object =
        json_pack("{s:o, s:o, s:i, s:s, s:s}", "rule", json_text(rule->text), "rule_file",
                  json_text(rule->file), "rule_line", (int)rule->line, "verdict",
                  check_verdict_name(finding->verdict), "value", rule->value);
    if (finding->profile != NULL)
        json_object_set_new(object, "profile", json_text(finding->profile->name));
    if (finding->has_numbers) {
        json_object_set_new(object, "expected", json_text(finding->expected));
        json_object_set_new(object, "found_least", json_integer((json_int_t)finding->least));
        json_object_set_new(object, "found_most", json_integer((json_int_t)finding->most));
    }
    set_place(object, finding);
    json_object_set_new(object, "callers", callers(finding));
    if (finding->why[0] != '\0')
        json_object_set_new(object, "why", json_text(finding->why));
    return object;
}

static json_t *exemptions(const struct rules *rules) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->list[i];
        if (rule->kind == RULE_EXEMPT)
            json_array_append_new(array,
                                  json_pack("{s:o, s:o}", "functions", json_text(rule->what.text),
                                            "because", json_text(rule->reason)));
    }
    return array;
}

int check_print_json(FILE *out, const struct check_input *input,
                     const struct check_findings *findings, struct error *error) {
    const struct check_sums sums = check_sum_up(input, findings);
    json_t *list = json_array();
    for (uint32_t i = 0; i < findings->count; i++)
        json_array_append_new(list, entry(&findings->list[i]));
    return json_print(out,
                      json_pack("{s:i, s:i, s:i, s:i, s:o, s:o}", "rules", (int)sums.rules, "held",
                                (int)sums.held, "broken", (int)sums.broken, "undecided",
                                (int)sums.undecided, "findings", list, "exempt",
                                exemptions(input->rules)),
                      error);
}
