/* SPDX-License-Identifier: MIT */
/*
 * See check_parse.h. By recursive descent without any recursion: each function below reads one
 * part of the line and moves `at` behind it.
 *
 *     rule    = names "never" "calls" names [missing]
 *             | bound number value scope ["per" "call" "of" names] [missing]
 *             | "no" value scope [missing]
 *             | "at most" number "%" "more" value [scope] "than" "base" [missing]
 *             | "exempt" names "because" reason
 *     bound   = "at most" | "at least" | "exactly"
 *     scope   = "of" names | "of" names ">" names | "of" names "below" names | "in" names
 *     missing = "if" "present"
 */
#include "check_parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at;
    struct rule *rule;
    struct error *error;
};

/* --- words and numbers ------------------------------------------------------------------------ */

static size_t word_size(const char *at) {
    return strcspn(at, " \t");
}

static bool is_next(const struct reader *reader, const char *word) {
    const size_t size = strlen(word);
    return word_size(reader->at) == size && strncmp(reader->at, word, size) == 0;
}

/* Whether the next word is that one; if so, it is skipped. */
static bool accept(struct reader *reader, const char *word) {
    if (!is_next(reader, word))
        return false;
    reader->at += strlen(word);
    pattern_skip_blanks(&reader->at);
    return true;
}

static int expect(struct reader *reader, const char *word) {
    return accept(reader, word) ? 0 : error_set(reader->error, "'%s' is expected", word);
}

static int read_names(struct reader *reader, struct pattern *pattern) {
    return pattern_parse(pattern, &reader->at, reader->error);
}

enum { MOST_DIGITS = 15, MOST_PLACES = 6 };

/* "1,234,567" or "1234567" or "2.5", up to a blank or a percent sign. */
static int read_number(struct reader *reader) {
    struct rule_number number = {0, 0};
    bool has_point = false;
    int digits = 0;
    const char *at = reader->at;
    for (; *at != '\0' && strchr(" \t%", *at) == NULL; at++) {
        const bool is_between = at > reader->at && isdigit((unsigned char)at[1]);
        if (isdigit((unsigned char)*at)) {
            number.units = number.units * 10 + (*at - '0');
            number.places += has_point;
            digits++;
        } else if (*at == '.' && is_between && !has_point) {
            has_point = true;
        } else if (*at != ',' || !is_between || has_point) {
            return error_set(reader->error, "a number such as 1,000 or 2.5 is expected");
        }
        if (digits > MOST_DIGITS || number.places > MOST_PLACES)
            return error_set(reader->error,
                             "the number has more than %d digits, or more than %d "
                             "behind its point",
                             MOST_DIGITS, MOST_PLACES);
    }
    if (digits == 0)
        return error_set(reader->error, "a number is expected");
    reader->rule->limit = number;
    reader->at = at;
    pattern_skip_blanks(&reader->at);
    return 0;
}

/* The names that people use for values, and the names that profiles have. */
static int read_value(struct reader *reader) {
    static const struct {
        const char *word, *name;
    } words[] = {
        {"call", "calls"},
        {"instruction", "instructions"},
        {"allocation", "alloc_objects"},
        {"allocations", "alloc_objects"},
        {"byte", "alloc_space"},
        {"bytes", "alloc_space"},
    };
    char *value = reader->rule->value;
    const size_t size = word_size(reader->at), most = sizeof(reader->rule->value);
    if (size == 0 || size >= most || strcspn(reader->at, "\"<>|*?%") < size)
        return error_set(reader->error, "what is counted is expected: calls, instructions, "
                                        "allocations, bytes, or another of the profile's values");
    memcpy(value, reader->at, size);
    value[size] = '\0';
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(value, words[i].word) == 0)
            strcpy(value, words[i].name);
    }
    reader->at += size;
    pattern_skip_blanks(&reader->at);
    return 0;
}

/* --- the parts of a rule ---------------------------------------------------------------------- */

static int read_scope(struct reader *reader) {
    struct rule *rule = reader->rule;
    if (accept(reader, "in")) {
        rule->scope = RULE_IN;
        return read_names(reader, &rule->where);
    }
    if (expect(reader, "of") != 0 || read_names(reader, &rule->what) != 0)
        return -1;
    if (*reader->at == '>') {
        reader->at++;
        pattern_skip_blanks(&reader->at);
        rule->scope = RULE_EDGE;
        rule->where = rule->what;
        rule->what = (struct pattern){0};
        return read_names(reader, &rule->what);
    }
    if (accept(reader, "below")) {
        rule->scope = RULE_BELOW;
        return read_names(reader, &rule->where);
    }
    rule->scope = RULE_OF;
    return 0;
}

static int read_end(struct reader *reader) {
    if (accept(reader, "if")) {
        if (expect(reader, "present") != 0)
            return -1;
        reader->rule->may_be_missing = true;
    }
    if (*reader->at == '\0')
        return 0;
    return error_set(reader->error, "the rule should end here");
}

static int read_per(struct reader *reader) {
    if (!accept(reader, "per"))
        return 0;
    if (expect(reader, "call") != 0 || expect(reader, "of") != 0)
        return -1;
    return read_names(reader, &reader->rule->per);
}

/* Reads what follows "at most NUMBER %". */
static int read_growth(struct reader *reader) {
    struct rule *rule = reader->rule;
    rule->kind = RULE_GROWTH;
    rule->scope = RULE_EACH;
    if (expect(reader, "more") != 0 || read_value(reader) != 0)
        return -1;
    if (!is_next(reader, "than") && read_scope(reader) != 0)
        return -1;
    if (expect(reader, "than") != 0 || expect(reader, "base") != 0)
        return -1;
    return read_end(reader);
}

static int read_limit(struct reader *reader) {
    if (read_number(reader) != 0)
        return -1;
    if (*reader->at == '%') {
        if (reader->rule->bound != RULE_AT_MOST)
            return error_set(reader->error, "only 'at most' can be followed by a percentage");
        reader->at++;
        pattern_skip_blanks(&reader->at);
        return read_growth(reader);
    }
    if (read_value(reader) != 0 || read_scope(reader) != 0 || read_per(reader) != 0)
        return -1;
    return read_end(reader);
}

static int read_none(struct reader *reader) {
    reader->rule->bound = RULE_AT_MOST;
    if (read_value(reader) != 0 || read_scope(reader) != 0)
        return -1;
    return read_end(reader);
}

static int read_exemption(struct reader *reader) {
    struct rule *rule = reader->rule;
    rule->kind = RULE_EXEMPT;
    if (read_names(reader, &rule->what) != 0)
        return -1;
    if (expect(reader, "because") != 0)
        return error_set(reader->error, "'because' and a reason are expected");
    if (*reader->at == '\0')
        return error_set(reader->error, "the reason is missing");
    rule->reason = strdup(reader->at);
    return rule->reason != NULL ? 0 : error_set(reader->error, "out of memory");
}

static int read_never(struct reader *reader) {
    struct rule *rule = reader->rule;
    strcpy(rule->value, "calls");
    rule->scope = RULE_BELOW;
    if (read_names(reader, &rule->where) != 0 || expect(reader, "never") != 0 ||
        expect(reader, "calls") != 0 || read_names(reader, &rule->what) != 0)
        return -1;
    return read_end(reader);
}

static int read_rule(struct reader *reader) {
    static const char wanted[] = "a rule begins with 'at most', 'at least', 'exactly', 'no' or "
                                 "'exempt', or is 'F never calls G'";
    struct pattern name;
    const char *begin = reader->at;
    if (accept(reader, "exempt"))
        return read_exemption(reader);
    if (accept(reader, "no"))
        return read_none(reader);
    if (accept(reader, "exactly")) {
        reader->rule->bound = RULE_EXACTLY;
        return read_limit(reader);
    }
    if (accept(reader, "at")) {
        if (accept(reader, "most"))
            return read_limit(reader);
        reader->rule->bound = RULE_AT_LEAST;
        if (accept(reader, "least"))
            return read_limit(reader);
        return error_set(reader->error, "'most' or 'least' is expected");
    }
    if (read_names(reader, &name) != 0)
        return -1;
    pattern_free(&name);
    const bool is_never = is_next(reader, "never");
    reader->at = begin;
    return is_never ? read_never(reader) : error_set(reader->error, "%s", wanted);
}

int rule_parse(struct rule *rule, const char *line, uint32_t *column, struct error *error) {
    struct reader reader = {line, rule, error};
    pattern_skip_blanks(&reader.at);
    const int result = read_rule(&reader);
    *column = (uint32_t)(reader.at - line) + 1;
    return result;
}

void rule_free(struct rule *rule) {
    pattern_free(&rule->what);
    pattern_free(&rule->where);
    pattern_free(&rule->per);
    free(rule->text);
    free(rule->reason);
}
