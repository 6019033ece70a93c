/* SPDX-License-Identifier: MIT */
/* Tests of check_rules.c, check_parse.c, pattern.c and check_limit.c: what a line means, at which
 * column a wrong one is wrong, which functions a name means, and that limits are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/check/check_limit.h"
#include "cli/check/check_rules.h"

static char complaint[600];

static void complain(const char *file, uint32_t line, uint32_t column, const char *message) {
    snprintf(complaint, sizeof(complaint), "%s:%u:%u: %s", file, line, column, message);
}

static int read_text(struct rules *rules, const char *text) {
    struct error error = {""};
    *rules = (struct rules){0};
    complaint[0] = '\0';
    return rules_add_text(rules, "r", text, strlen(text), complain, &error);
}

/* One rule, read without complaint. */
static const struct rule *rule(struct rules *rules, const char *text) {
    if (read_text(rules, text) != 0)
        fail_msg("%s: %s", text, complaint);
    assert_int_equal(rules->count, 1);
    return &rules->list[0];
}

static void limits(void **state) {
    struct rules rules;
    const struct rule *found;
    (void)state;
    found = rule(&rules, "at most 1,000 calls of parse");
    assert_true(found->kind == RULE_LIMIT && found->bound == RULE_AT_MOST &&
                found->scope == RULE_OF && found->limit.units == 1000);
    assert_string_equal(found->value, "calls");
    assert_string_equal(found->what.text, "parse");
    rules_free(&rules);
    found = rule(&rules, "  exactly 1 call of main > init   # once");
    assert_true(found->bound == RULE_EXACTLY && found->scope == RULE_EDGE);
    assert_string_equal(found->text, "  exactly 1 call of main > init");
    assert_string_equal(found->where.text, "main");
    assert_string_equal(found->what.text, "init");
    rules_free(&rules);
    found = rule(&rules, "at least 2.50 calls of f|g_* below h per call of k");
    assert_true(found->bound == RULE_AT_LEAST && found->scope == RULE_BELOW &&
                found->limit.units == 250 && found->limit.places == 2);
    assert_string_equal(found->per.text, "k");
    rules_free(&rules);
    found = rule(&rules, "at most 12 allocations in parse");
    assert_true(found->scope == RULE_IN && found->what.text == NULL);
    assert_string_equal(found->value, "alloc_objects");
    rules_free(&rules);
}

static void never_and_no(void **state) {
    struct rules rules;
    const struct rule *found;
    (void)state;
    found = rule(&rules, "parse never calls malloc|calloc if present");
    assert_true(found->scope == RULE_BELOW && found->limit.units == 0 && found->may_be_missing);
    assert_string_equal(found->where.text, "parse");
    assert_string_equal(found->what.text, "malloc|calloc");
    rules_free(&rules);
    found = rule(&rules, "no bytes in parse");
    assert_string_equal(found->value, "alloc_space");
    assert_true(found->scope == RULE_IN && found->limit.units == 0);
    rules_free(&rules);
    /* Names that are also words of the grammar. */
    found = rule(&rules, "\"no\" never calls never");
    assert_string_equal(found->where.text, "\"no\"");
    assert_string_equal(found->what.text, "never");
    rules_free(&rules);
}

static void base_and_exemptions(void **state) {
    struct rules rules;
    const struct rule *found;
    (void)state;
    found = rule(&rules, "at most 5 % more calls than base");
    assert_true(found->kind == RULE_GROWTH && found->scope == RULE_EACH && found->limit.units == 5);
    assert_true(rules_need_base(&rules));
    rules_free(&rules);
    found = rule(&rules, "at most 0.5% more instructions in main than base");
    assert_true(found->scope == RULE_IN && found->limit.places == 1);
    assert_string_equal(found->value, "instructions");
    rules_free(&rules);
    found = rule(&rules, "exempt hash_* because the seed is random");
    assert_true(found->kind == RULE_EXEMPT && !rules_need_base(&rules));
    assert_string_equal(found->reason, "the seed is random");
    rules_free(&rules);
}

static void lines_and_comments(void **state) {
    struct rules rules;
    (void)state;
    assert_int_equal(
        read_text(&rules, "# a\n\n \t# b\r\nno calls of \"a # b\"\r\nno calls of c#d #e"), 0);
    assert_int_equal(rules.count, 2);
    assert_int_equal(rules.list[0].line, 4);
    assert_string_equal(rules.list[0].what.text, "\"a # b\"");
    assert_string_equal(rules.list[1].what.text, "c#d");
    assert_int_equal(rules.list[1].line, 5);
    rules_free(&rules);
    assert_int_equal(read_text(&rules, ""), 0);
    assert_int_equal(rules.count, 0);
    rules_free(&rules);
}

static void wrong_lines_are_placed(void **state) {
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"calls of f", "r:1:1: a rule begins with"},
        {"at must 1 calls of f", "r:1:4: 'most' or 'least' is expected"},
        {"at most many calls of f", "r:1:9: a number such as"},
        {"at most 1..2 calls of f", "r:1:9: a number such as"},
        {"at most -1 calls of f", "r:1:9: a number such as"},
        {"at most 1234567890123456 calls of f", "r:1:9: the number has more than 15 digits"},
        {"at most 5 calls f", "r:1:17: 'of' is expected"},
        {"at most 5 calls of", "r:1:19: a function's name is expected"},
        {"at most 5 calls of f g", "r:1:22: the rule should end here"},
        {"at most 5 calls of f >", "r:1:23: a function's name is expected"},
        {"at most 5 calls of f|", "r:1:22: a function's name is expected"},
        {"at most 5 calls of \"f", "r:1:20: the quote is not closed"},
        {"at most 5 calls of \"\"", "r:1:22: the name is empty"},
        {"at most 5 calls of operator<", "r:1:20: '<' without its '>'"},
        {"at most 5 calls of f per g", "r:1:26: 'call' is expected"},
        {"at least 5 % more calls than base", "r:1:12: only 'at most' can"},
        {"at most 5 % calls of f", "r:1:13: 'more' is expected"},
        {"at most 5 % more calls of f", "r:1:28: 'than' is expected"},
        {"exempt f", "r:1:9: 'because' and a reason are expected"},
        {"exempt f because", "r:1:17: the reason is missing"},
        {"f never frees g", "r:1:9: 'calls' is expected"},
        {"no calls of f if", "r:1:17: 'present' is expected"},
        {"\nno calls of \x01", "r:2:13: a control character"},
    };
    struct rules rules;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (read_text(&rules, cases[i].text) != 1 ||
            strncmp(complaint, cases[i].said, strlen(cases[i].said)) != 0)
            fail_msg("'%s': '%s' instead of '%s'", cases[i].text, complaint, cases[i].said);
        rules_free(&rules);
    }
    assert_int_equal(read_text(&rules, "no\nno calls of f\nno\n"), 2);
    assert_int_equal(rules.count, 1);
    rules_free(&rules);
}

static bool means(const char *text, const char *name) {
    struct pattern pattern;
    struct error error = {""};
    if (pattern_parse(&pattern, &text, &error) != 0)
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(text, "");
    const bool result = pattern_matches(&pattern, name);
    pattern_free(&pattern);
    return result;
}

static void names_in_c(void **state) {
    (void)state;
    assert_true(means("parse", "parse"));
    assert_false(means("parse", "parse_all"));
    assert_false(means("parse", "reparse"));
    assert_true(means("parse*", "parse_all"));
    assert_true(means("*", "[libc.so.6]"));
    assert_true(means("a?c|x*y*z", "xaybyz"));
    assert_false(means("a?c|x*y*z", "xzy"));
    assert_true(means("a?c | b", "b"));
    assert_true(means("\"a*\"", "a*"));
    assert_false(means("\"a*\"", "ab"));
    assert_true(means("\"a\\\"\\\\\"", "a\"\\"));
}

static void names_in_cplusplus(void **state) {
    (void)state;
    assert_true(means("ns::parse", "ns::parse(std::string const&)"));
    assert_true(means("ns::parse", "ns::parse(int) const"));
    assert_true(means("ns::parse<int>", "void ns::parse<int>(int)"));
    assert_true(means("std::map<int,int>::at|f", "std::map<int,int>::at(int const&)"));
    assert_true(means("(anonymous?namespace)::f", "(anonymous namespace)::f(int)"));
    assert_true(means("\"ns::parse(int)\"", "ns::parse(int)"));
    assert_false(means("\"ns::parse(int)\"", "ns::parse(long)"));
    assert_true(means("\"operator new(unsigned long)\"", "operator new(unsigned long)"));
    assert_true(means("\"operator new\"", "operator new(unsigned long)"));
    assert_true(means("\"A::operator>\"", "A::operator>(A const&)"));
    assert_false(means("parse", "ns::parse(int)"));
}

static enum check_verdict judged(const char *text, int64_t least, int64_t most, int64_t calls) {
    struct rules rules;
    const struct rule *found = rule(&rules, text);
    const enum check_verdict verdict =
        check_compare(found->bound, least, most, check_limit_of(found, calls));
    rules_free(&rules);
    return verdict;
}

static void limits_are_exact(void **state) {
    (void)state;
    assert_int_equal(judged("at most 2.5 calls of f", 5, 5, 2), CHECK_HELD);
    assert_int_equal(judged("at most 2.5 calls of f", 6, 6, 2), CHECK_BROKEN);
    assert_int_equal(judged("exactly 0.1 calls of f", 3, 3, 30), CHECK_HELD);
    assert_int_equal(judged("exactly 0.1 calls of f", 3, 3, 29), CHECK_BROKEN);
    /* Numbers that a double cannot represent exactly. */
    assert_int_equal(judged("at most 1 calls of f", INT64_MAX, INT64_MAX, INT64_MAX), CHECK_HELD);
    assert_int_equal(judged("at most 1 calls of f", INT64_MAX, INT64_MAX, INT64_MAX - 1),
                     CHECK_BROKEN);
    assert_int_equal(judged("at least 0.999999 calls of f", 999999, 999999, 1000000), CHECK_HELD);
}

static void lost_contexts_leave_doubt(void **state) {
    (void)state;
    assert_int_equal(judged("at most 5 calls of f", 3, 5, 1), CHECK_HELD);
    assert_int_equal(judged("at most 5 calls of f", 3, 6, 1), CHECK_UNDECIDED);
    assert_int_equal(judged("at most 5 calls of f", 6, 9, 1), CHECK_BROKEN);
    assert_int_equal(judged("at least 5 calls of f", 3, 4, 1), CHECK_BROKEN);
    assert_int_equal(judged("at least 5 calls of f", 3, 5, 1), CHECK_UNDECIDED);
    assert_int_equal(judged("exactly 5 calls of f", 5, 6, 1), CHECK_UNDECIDED);
    assert_int_equal(judged("exactly 5 calls of f", 6, 9, 1), CHECK_BROKEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),
        cmocka_unit_test(never_and_no),
        cmocka_unit_test(base_and_exemptions),
        cmocka_unit_test(lines_and_comments),
        cmocka_unit_test(wrong_lines_are_placed),
        cmocka_unit_test(names_in_c),
        cmocka_unit_test(names_in_cplusplus),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(lost_contexts_leave_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
