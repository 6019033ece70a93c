/* SPDX-License-Identifier: MIT */
/*
 * Rules on a profile's counts, for `cinstr check`. docs/check.md explains their grammar. They are
 * read from text here and judged by check_judge.c. Any text is either read, or refused with a
 * message that says where it is wrong.
 */
#ifndef CINSTR_CLI_CHECK_RULES_H
#define CINSTR_CLI_CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/base/pattern.h"

enum rule_kind {
    RULE_LIMIT,  /* the number is at most, at least or exactly the limit */
    RULE_GROWTH, /* the number is at most so many percent above BASE's */
    RULE_EXEMPT, /* functions that wildcards do not match */
};

enum rule_bound { RULE_AT_MOST, RULE_AT_LEAST, RULE_EXACTLY };

/* Which calls, or which contexts' values, are added up. */
enum rule_scope {
    RULE_OF,    /* of `what`, whoever calls it */
    RULE_EDGE,  /* of `what`, called directly by `where` */
    RULE_BELOW, /* of `what`, with `where` anywhere above it */
    RULE_IN,    /* of `where` and everything that it calls */
    RULE_EACH,  /* of each function separately: RULE_GROWTH alone */
};

/* units
 * 10^places: exact, so that no verdict depends on rounding. */
struct rule_number {
    int64_t units; /* at most 15 digits */
    uint32_t places;
};

struct rule {
    const char *file; /* the file's name, for messages; belongs to the rules */
    uint32_t line;
    char *text; /* the rule as written, without its comment */
    enum rule_kind kind;
    enum rule_bound bound;
    enum rule_scope scope;
    struct rule_number limit; /* the limit; percent for RULE_GROWTH */
    char value[64];           /* the value type's name */
    struct pattern what, where;
    struct pattern per;  /* a limit for each call of this; text NULL: for the whole run */
    bool may_be_missing; /* a profile without such a function fulfils the rule */
    char *reason;        /* the reason of RULE_EXEMPT */
};

struct rules { /* starts all zero */
    struct rule *list;
    uint32_t count;
    char **files; /* names that rules point to */
    uint32_t file_count;
};

/* Adds the rules in a text of `size` bytes. `file` is for messages. Returns the number of wrong
 * lines, for each of which `complain` was called; or -1 with `error` filled. */
typedef void rules_complaint(const char *file, uint32_t line, uint32_t column, const char *message);
int rules_add_text(struct rules *rules, const char *file, const char *text, size_t size,
                   rules_complaint *complain, struct error *error);

/* The same for a file of at most 16 MiB; "-" is standard input. */
int rules_add_file(struct rules *rules, const char *path, rules_complaint *complain,
                   struct error *error);
void rules_free(struct rules *rules);

/* Whether any rule refers to BASE. */
bool rules_need_base(const struct rules *rules);

#endif
