/* SPDX-License-Identifier: MIT */
/*
 * Verdicts as SARIF 2.1.0 (see check_print.h): a result for each finding that breaks its rule. A
 * rule that is undecided becomes a notification, and the run is marked as unsuccessful.
 */
#include <ctype.h>

#include "check_print.h"
#include "page/json_text.h"

/* Writes a path as a URI reference: bytes that are not allowed become %XX. */
static json_t *uri(const char *path) {
    char text[(size_t)3 * PATH_MAX + sizeof("file://")];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s", path[0] == '/' ? "file://" : "");
    for (; *path != '\0' && used + 4 < sizeof(text); path++) {
        const unsigned char byte = (unsigned char)*path;
        const bool is_plain = byte < 0x80 && (isalnum(byte) || byte == '/' || byte == '.' ||
                                              byte == '-' || byte == '_' || byte == '~');
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, is_plain ? "%c" : "%%%02X", byte);
    }
    return json_string(text);
}

static json_t *physical(const char *file, int64_t line) {
    return json_pack("{s:{s:{s:o}, s:{s:I}}}", "physicalLocation", "artifactLocation", "uri",
                     uri(file), "region", "startLine", (json_int_t)(line > 0 ? line : 1));
}

/* The callers whose source is known, each with its contribution. */
static json_t *related(const struct check_finding *finding) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < finding->caller_count; i++) {
        struct check_finding caller = *finding;
        struct check_place place;
        char text[512];
        caller.function = finding->callers[i].function;
        check_find_place(&caller, &place);
        if (!place.is_source)
            continue;
        snprintf(text, sizeof(text), "%.400s: %lld of them",
                 finding->profile->analysis->functions[caller.function].name,
                 (long long)finding->callers[i].value);
        json_t *location = physical(place.file, place.line);
        json_object_set_new(location, "message", json_pack("{s:o}", "text", json_text(text)));
        json_array_append_new(array, location);
    }
    return array;
}

static json_t *result(const struct check_finding *finding, uint32_t index) {
    const struct rule *rule = finding->rule;
    struct check_place place;
    check_find_place(finding, &place);
    json_t *location = physical(place.file, place.line);
    if (finding->function != PROFILE_NONE)
        json_object_set_new(
            location, "logicalLocations",
            json_pack("[{s:o, s:s}]", "fullyQualifiedName",
                      json_text(finding->profile->analysis->functions[finding->function].name),
                      "kind", "function"));
    json_t *object = json_pack("{s:o, s:i, s:s, s:{s:o}, s:[o], s:o, s:{s:o, s:i, s:o}}", "ruleId",
                               json_text(rule->text), "ruleIndex", (int)index, "level", "error",
                               "message", "text", json_text(check_say(finding).text), "locations",
                               location, "relatedLocations", related(finding), "properties",
                               "ruleFile", json_text(rule->file), "ruleLine", (int)rule->line,
                               "profile", json_text(finding->profile->name));
    return object;
}

static json_t *notification(const struct check_finding *finding, uint32_t index) {
    return json_pack("{s:s, s:{s:o}, s:{s:i}, s:[o]}", "level", "error", "message", "text",
                     json_text(check_say(finding).text), "associatedRule", "index", (int)index,
                     "locations", physical(finding->rule->file, finding->rule->line));
}

/* Refers to rules by their number among those that are judged. */
static uint32_t index_of(const struct rules *rules, const struct rule *rule) {
    uint32_t index = 0;
    for (const struct rule *at = rules->list; at != rule; at++)
        index += at->kind != RULE_EXEMPT;
    return index;
}

static json_t *descriptors(const struct rules *rules) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->list[i];
        if (rule->kind != RULE_EXEMPT)
            json_array_append_new(
                array, json_pack("{s:o, s:{s:o}, s:{s:o, s:i}}", "id", json_text(rule->text),
                                 "shortDescription", "text", json_text(rule->text), "properties",
                                 "ruleFile", json_text(rule->file), "ruleLine", (int)rule->line));
    }
    return array;
}

int check_print_sarif(FILE *out, const struct check_input *input,
                      const struct check_findings *findings, struct error *error) {
    json_t *results = json_array(), *notifications = json_array();
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct check_finding *finding = &findings->list[i];
        const uint32_t index = index_of(input->rules, finding->rule);
        if (finding->verdict == CHECK_BROKEN)
            json_array_append_new(results, result(finding, index));
        else if (finding->verdict == CHECK_UNDECIDED)
            json_array_append_new(notifications, notification(finding, index));
    }
    const bool is_complete = json_array_size(notifications) == 0;
    json_t *run =
        json_pack("{s:{s:{s:s, s:s, s:o}}, s:[{s:b, s:o}], s:o, s:s}", "tool", "driver", "name",
                  "cinstr", "version", CINSTR_VERSION, "rules", descriptors(input->rules),
                  "invocations", "executionSuccessful", is_complete, "toolExecutionNotifications",
                  notifications, "results", results, "columnKind", "unicodeCodePoints");
    return json_print(out,
                      json_pack("{s:s, s:s, s:[o]}", "$schema",
                                "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                                "runs", run),
                      error);
}
