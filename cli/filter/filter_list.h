/* SPDX-License-Identifier: MIT */
/*
 * Lists of functions to leave out, each in the form that one instrumenting compiler reads. One row
 * a form: what it can say, and how it is printed. Called by the filter command.
 */
#ifndef CINSTR_CLI_FILTER_LIST_H
#define CINSTR_CLI_FILTER_LIST_H

#include <stdbool.h>
#include <stdio.h>

#include "reader/analysis/budget.h"

struct filter_list {
    const char *name;
    bool can_count; /* functions are counted without being timed */
    bool (*covers)(const struct budget_function *skipped, const struct budget_function *other);
    void (*print)(FILE *out, const struct budget *budget);
};

/* NULL: there is none of that name. */
const struct filter_list *filter_list_find(const char *name);

#endif
