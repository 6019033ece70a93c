/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the parser of `cinstr check`'s rules: any text is read, or each wrong line is told once
 * with one line of words; what was read has all its parts, reads the same a second time, and its
 * patterns match or do not. Built by clang with -fsanitize=fuzzer,address,undefined; corpus in
 * corpus/rules.
 */
#include <stdint.h>
#include <string.h>

#include "cli/check/check_rules.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t complaints, last_line;

static void complain(const char *file, uint32_t line, uint32_t column, const char *message) {
    const struct error error = {""};
    require(strcmp(file, "fuzz") == 0 && line > last_line && column > 0, "no place", &error);
    require(message[0] != '\0' && strchr(message, '\n') == NULL, "not one line", &error);
    last_line = line;
    complaints++;
}

static void check_rule(const struct rule *rule, const char *name) {
    const struct error error = {""};
    const bool has_what = rule->what.text != NULL, has_where = rule->where.text != NULL;
    const bool is_each = rule->kind == RULE_GROWTH && rule->scope == RULE_EACH;
    require(rule->limit.units >= 0 && rule->limit.places <= 6, "a strange number", &error);
    require(rule->kind == RULE_EXEMPT ? has_what && rule->reason != NULL : rule->value[0] != '\0',
            "a rule on nothing", &error);
    require(has_what || has_where || is_each, "a rule on no function", &error);
    require(rule->scope != RULE_EDGE || (has_what && has_where), "half an edge", &error);
    if (has_what)
        (void)pattern_matches(&rule->what, name);
    if (has_where)
        (void)pattern_matches(&rule->where, name);
}

/* Each rule's text alone is the same rule. */
static void check_again(const struct rule *rule) {
    struct rules again = {0};
    struct error error = {""};
    last_line = 0;
    const int wrong =
        rules_add_text(&again, "fuzz", rule->text, strlen(rule->text), complain, &error);
    require(wrong == 0 && again.count == 1, "what was read is not read again", &error);
    const struct rule *other = &again.list[0];
    require(other->kind == rule->kind && other->bound == rule->bound &&
                other->scope == rule->scope && other->limit.units == rule->limit.units &&
                strcmp(other->value, rule->value) == 0,
            "read again, it differs", &error);
    rules_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct rules rules = {0};
    struct error error = {""};
    char name[65] = "";
    complaints = last_line = 0;
    const int wrong = rules_add_text(&rules, "fuzz", (const char *)data, size, complain, &error);
    require(wrong >= 0 && complaints == (uint32_t)wrong, "not each fault was told", &error);
    memcpy(name, data, size < 64 ? size : 64);
    for (uint32_t i = 0; i < rules.count; i++) {
        check_rule(&rules.list[i], name);
        check_again(&rules.list[i]);
    }
    rules_free(&rules);
    return 0;
}
