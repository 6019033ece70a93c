/* SPDX-License-Identifier: MIT */
/*
 * See pattern.h. An alternative is kept as text in which two control characters stand for the
 * wildcards, so that a '*' in quotes stays a '*'.
 */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#include "cli/print/text.h"

enum { ANY_TEXT = '\1', ANY_CHARACTER = '\2' };

void pattern_skip_blanks(const char **at) {
    *at += strspn(*at, " \t");
}

/* --- reading ---------------------------------------------------------------------------------- */

static int read_quoted(char *name, const char **at, struct error *error) {
    const char *begin = *at;
    for (const char *text = begin + 1; *text != '\0'; text++) {
        if (*text == '"') {
            *name = '\0';
            *at = text + 1;
            return text == begin + 1 ? error_set(error, "the name is empty") : 0;
        }
        if (*text == '\\' && (text[1] == '"' || text[1] == '\\'))
            text++;
        *name++ = *text;
    }
    return error_set(error, "the quote is not closed");
}

/* Within template arguments, characters that otherwise end a word belong to it. */
static int read_word(char *name, const char **at, bool *has_wildcards, struct error *error) {
    const char *text = *at;
    int depth = 0;
    for (; *text != '\0' && *text != ' ' && *text != '\t'; text++) {
        if (depth == 0 && (*text == '>' || *text == '|'))
            break;
        depth += (*text == '<') - (*text == '>');
        *has_wildcards = *has_wildcards || *text == '*' || *text == '?';
        *name++ = (char)(*text == '*' ? ANY_TEXT : *text == '?' ? ANY_CHARACTER : *text);
    }
    *name = '\0';
    if (depth != 0)
        return error_set(error, "'<' without its '>': put such a name in double quotes");
    if (text == *at)
        return error_set(error, "a function's name is expected");
    *at = text;
    return 0;
}

static int add_alternative(struct pattern *pattern, const char **at, struct error *error) {
    char **list = reallocarray(pattern->alternatives, (size_t)pattern->count + 1, sizeof(*list));
    char *name = malloc(strlen(*at) + 1);
    if (list != NULL)
        pattern->alternatives = list;
    if (list == NULL || name == NULL) {
        free(name);
        return error_set(error, "out of memory");
    }
    list[pattern->count++] = name;
    return **at == '"' ? read_quoted(name, at, error)
                       : read_word(name, at, &pattern->has_wildcards, error);
}

int pattern_parse(struct pattern *pattern, const char **at, struct error *error) {
    const char *begin = *at;
    int result;
    *pattern = (struct pattern){0};
    for (;;) {
        result = add_alternative(pattern, at, error);
        if (result != 0)
            break;
        const char *end = *at;
        pattern_skip_blanks(at);
        if (**at != '|') {
            pattern->text = strndup(begin, (size_t)(end - begin));
            break;
        }
        (*at)++;
        pattern_skip_blanks(at);
    }
    if (result == 0 && pattern->text == NULL)
        result = error_set(error, "out of memory");
    if (result != 0)
        pattern_free(pattern);
    return result;
}

void pattern_free(struct pattern *pattern) {
    for (uint32_t i = 0; i < pattern->count; i++)
        free(pattern->alternatives[i]);
    free(pattern->alternatives);
    free(pattern->text);
    *pattern = (struct pattern){0};
}

/* --- matching --------------------------------------------------------------------------------- */

/* On a mismatch the last wildcard takes one character more. Earlier wildcards need not be tried
 * again. */
static bool matches(const char *wanted, const char *name, size_t size) {
    const char *end = name + size, *retry = NULL, *retry_name = NULL;
    while (name < end) {
        if (*wanted == ANY_TEXT) {
            retry = ++wanted;
            retry_name = name;
        } else if (*wanted == *name || *wanted == ANY_CHARACTER) {
            wanted++;
            name++;
        } else if (retry != NULL) {
            wanted = retry;
            name = ++retry_name;
        } else {
            return false;
        }
    }
    while (*wanted == ANY_TEXT)
        wanted++;
    return *wanted == '\0';
}

static bool has_arguments(const char *name) {
    const struct text_span plain = text_plain_name(name);
    return plain.text[plain.size] != '\0';
}

bool pattern_matches(const struct pattern *pattern, const char *function) {
    const size_t size = strlen(function);
    const struct text_span plain = text_plain_name(function);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const char *wanted = pattern->alternatives[i];
        if (matches(wanted, function, size) || (plain.size < size && !has_arguments(wanted) &&
                                                matches(wanted, plain.text, plain.size)))
            return true;
    }
    return false;
}
