/* SPDX-License-Identifier: MIT */
/*
 * Rules on a profile's counts: what `cinstr check` holds programs to. docs/check.md has their
 * grammar, for people. Filled from text here, judged by check_judge.c. Any text is read or refused
 * with a line that says where it is wrong.
 */
#ifndef CINSTR_CLI_CHECK_RULES_H
#define CINSTR_CLI_CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/base/pattern.h"

enum rule_kind {
    RULE_LIMIT,  /* a number is at most, at least or exactly so much */
    RULE_GROWTH, /* a number is at most so many percent larger than in BASE */
    RULE_EXEMPT, /* functions that wildcards do not mean */
};

enum rule_bound { RULE_AT_MOST, RULE_AT_LEAST, RULE_EXACTLY };

/* Which calls, or which context's values, are added up. */
enum rule_scope {
    RULE_OF,    /* of `what`, by whomever called */
    RULE_EDGE,  /* of `what`, called by `where` itself */
    RULE_BELOW, /* of `what`, with `where` anywhere among its callers */
    RULE_IN,    /* `where` and all that it calls */
    RULE_EACH,  /* of each function for itself: RULE_GROWTH alone */
};

/* units / 10^places: exact, so that no verdict hangs on a rounding. */
struct rule_number {
    int64_t units; /* at most 15 digits */
    uint32_t places;
};

struct rule {
    const char *file; /* for messages; the rules' own */
    uint32_t line;
    char *text; /* as written, without comment */
    enum rule_kind kind;
    enum rule_bound bound;
    enum rule_scope scope;
    struct rule_number limit; /* percent for RULE_GROWTH */
    char value[64];           /* a value type's name */
    struct pattern what, where;
    struct pattern per;  /* for each call of it; text NULL: in all */
    bool may_be_missing; /* what has no such function holds it */
    char *reason;        /* of RULE_EXEMPT */
};

struct rules { /* starts all zero */
    struct rule *list;
    uint32_t count;
    char **files; /* names that rules refer to */
    uint32_t file_count;
};

/* Adds those of a text, `size` bytes. `file` is for messages. Returns how many lines are wrong,
 * each of which `complain` was given; or -1 with `error` filled. */
typedef void rules_complaint(const char *file, uint32_t line, uint32_t column, const char *message);
int rules_add_text(struct rules *rules, const char *file, const char *text, size_t size,
                   rules_complaint *complain, struct error *error);

/* The same of a file, of at most 16 MiB; "-" is standard input. */
int rules_add_file(struct rules *rules, const char *path, rules_complaint *complain,
                   struct error *error);
void rules_free(struct rules *rules);

/* Whether a rule speaks of BASE. */
bool rules_need_base(const struct rules *rules);

#endif
