/* SPDX-License-Identifier: MIT */
/*
 * Lists of functions to leave out, each in the form that one instrumenting compiler reads. One row
 * of a table describes a form: what it can express, and how it is printed. Called by the filter
 * command.
 */
#ifndef CINSTR_CLI_FILTER_LIST_H
#define CINSTR_CLI_FILTER_LIST_H

#include <stdbool.h>
#include <stdio.h>

#include "reader/analysis/budget.h"

struct filter_list {
    const char *name;
    bool can_count; /* it can have functions counted without being timed */
    bool (*covers)(const struct budget_function *skipped, const struct budget_function *other);
    void (*print)(FILE *out, const struct budget *budget);
};

/* NULL: no form has that name. */
const struct filter_list *filter_list_find(const char *name);

#endif
