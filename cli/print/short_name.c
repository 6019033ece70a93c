/* SPDX-License-Identifier: MIT */
/*
 * See short_name.h. Brackets nest, except in the names of operators, which are copied as they are.
 */
#include "short_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    const char *at;
    char *out;
    size_t used;
    size_t start;        /* where the name begins, after what may be a return type */
    bool is_in_operator; /* a conversion operator's type contains blanks */
};

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static void copy(struct scan *scan, size_t size) {
    memcpy(scan->out + scan->used, scan->at, size);
    scan->used += size;
    scan->at += size;
}

/* The position after the bracket that closes the one at `at`; NULL: none does. */
static const char *skip(const char *at) {
    int depth = 0;
    for (; *at != '\0'; at++) {
        if (begins(at, "->"))
            at++;
        else if (strchr("<({[", *at) != NULL)
            depth++;
        else if (strchr(">)}]", *at) != NULL && --depth == 0)
            return at + 1;
    }
    return NULL;
}

/* Copies "operator<<" with its sign, so that the sign opens no bracket. False: no operator is
 * here. */
static bool copy_operator(struct scan *scan) {
    static const char word[] = "operator";
    static const char *const signs[] = {"()", "<=>", "<<=", ">>=", "->*", "<<", ">>",
                                        "<=", ">=",  "->",  "<",   ">",   "[]"};
    const bool is_word = scan->used == scan->start || !isalnum((unsigned char)scan->at[-1]);
    if (!is_word || !begins(scan->at, word) || isalnum((unsigned char)scan->at[sizeof(word) - 1]) ||
        scan->at[sizeof(word) - 1] == '_')
        return false;
    copy(scan, sizeof(word) - 1);
    scan->is_in_operator = true;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (begins(scan->at, signs[i])) {
            copy(scan, strlen(signs[i]));
            break;
        }
    }
    return true;
}

/* Skips a bracket of template arguments or parameters. After parameters comes "const" or another
 * function's name. False: the bracket is not closed. */
static bool pass_bracket(struct scan *scan) {
    static const char anonymous[] = "(anonymous namespace)", lambda[] = "{lambda(";
    const char *end = skip(scan->at);
    if (end == NULL)
        return false;
    if (begins(scan->at, anonymous)) {
        copy(scan, sizeof(anonymous) - 1);
    } else if (begins(scan->at, lambda) && (end = skip(scan->at + sizeof(lambda) - 2)) != NULL) {
        copy(scan, sizeof(lambda) - 2);
        scan->at = end;
    } else if (*scan->at == '{' || *scan->at == '[') {
        copy(scan, 1);
    } else {
        scan->at = end;
    }
    return true;
}

/* Whether "::" follows, after what may follow a member function's parameters. */
static const char *find_scope(const char *at) {
    static const char *const words[] = {" const", " volatile", " &&", " &"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (begins(at, words[i]))
            at += strlen(words[i]);
    }
    return begins(at, "::") ? at : NULL;
}

/* Whether a bracket here can only be one of parameters. */
static bool has_name(const struct scan *scan) {
    static const char word[] = "decltype";
    const size_t size = scan->used - scan->start;
    return size != 0 && !begins(scan->at, "(anonymous") &&
           !(size == sizeof(word) - 1 && memcmp(scan->out + scan->start, word, size) == 0);
}

/* False: the name is not in the form that demanglers write. */
static bool shorten(struct scan *scan) {
    while (*scan->at != '\0') {
        const bool are_parameters = *scan->at == '(' && has_name(scan);
        if (copy_operator(scan))
            continue;
        if (strchr("<({[", *scan->at) != NULL) {
            if (!pass_bracket(scan))
                return false;
            if (are_parameters && (scan->at = find_scope(scan->at)) == NULL)
                return true;
            continue;
        }
        if (*scan->at == ' ' && !scan->is_in_operator)
            scan->start = scan->used + 1;
        if (begins(scan->at, "::"))
            scan->is_in_operator = false;
        copy(scan, 1);
    }
    return true;
}

/* Whether it is a name of C++ or a language like it; not Go's "main.(*T).f", nor "[libc.so.6]". */
static bool is_long(const char *name) {
    return strpbrk(name, "<(") != NULL &&
           (strchr("[<(", name[0]) == NULL || begins(name, "(anonymous")) &&
           strstr(name, ".(") == NULL && !begins(name, "non-virtual thunk") &&
           !begins(name, "virtual thunk");
}

char *short_name(const char *name) {
    struct scan scan = {.at = name, .out = malloc(strlen(name) + 1)};
    if (scan.out == NULL)
        return NULL;
    if (!is_long(name) || !shorten(&scan) || scan.used == scan.start)
        return strcpy(scan.out, name);
    while (scan.out[scan.used - 1] == ' ')
        scan.used--;
    memmove(scan.out, scan.out + scan.start, scan.used - scan.start);
    scan.out[scan.used - scan.start] = '\0';
    return scan.out;
}
