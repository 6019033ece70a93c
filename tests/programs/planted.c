/* SPDX-License-Identifier: MIT */
/*
 * A small server of requests, and four faults that make it do more work for the same output.
 * tests/e2e/check.sh and growth.sh have to find each. Argument: the number of requests. Built with
 * -DCALL_IN_LOOP, -DLOST_CACHE, -DQUADRATIC_LIST or -DEXTRA_MALLOC, or with none of them.
 */
#include "said.h"

enum { FIELDS = 4, KEYS = 8 };

struct item {
    unsigned value;
    struct item *next;
};

static struct item *first, *last;

/* --- a cache ---------------------------------------------------------------------------------- */

static unsigned cached[KEYS];
static int is_cached[KEYS];

NOINLINE static unsigned compute(unsigned key) {
    unsigned value = key + 1;
    for (int i = 0; i < 10; i++)
        value = value * 31 + key;
    return value;
}

NOINLINE static unsigned look_up(unsigned key) {
#ifndef LOST_CACHE
    if (is_cached[key])
        return cached[key];
#endif
    is_cached[key] = 1;
    cached[key] = compute(key);
    return cached[key];
}

/* --- a list ----------------------------------------------------------------------------------- */

NOINLINE static struct item *next_of(const struct item *item) {
    return item->next;
}

NOINLINE static struct item *find_end(void) {
#ifdef QUADRATIC_LIST
    struct item *item = first;
    while (item != NULL && next_of(item) != NULL)
        item = next_of(item);
    return item;
#else
    return last;
#endif
}

NOINLINE static void append(unsigned value) {
    struct item *item = malloc(sizeof(*item)), *end = find_end();
    must(item != NULL, "malloc");
    *item = (struct item){value, NULL};
    if (end == NULL)
        first = item;
    else
        end->next = item;
    last = item;
}

/* --- requests --------------------------------------------------------------------------------- */

NOINLINE static void validate(unsigned request) {
    must(request != 0xffffffff, "request");
}

NOINLINE static unsigned parse_field(unsigned request, int field) {
#ifdef EXTRA_MALLOC
    char *volatile copy = malloc(16);
    free(copy);
#endif
    return (request >> field) % KEYS;
}

NOINLINE static unsigned parse(unsigned request) {
    unsigned sum = 0;
#ifndef CALL_IN_LOOP
    validate(request);
#endif
    for (int i = 0; i < FIELDS; i++) {
#ifdef CALL_IN_LOOP
        validate(request);
#endif
        sum += look_up(parse_field(request, i));
    }
    return sum;
}

NOINLINE static void handle(unsigned request) {
    append(parse(request));
}

int main(int argc, char **argv) {
    const unsigned count = argc > 1 ? number(argv[1]) : 100;
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++)
        handle(i);
    for (const struct item *item = first; item != NULL; item = next_of(item))
        sum = sum * 31 + item->value;
    printf("%u\n", sum);
    return 0;
}
