/* SPDX-License-Identifier: MIT */
/* See check_rows.h. */
#include "check_rows.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *left, const void *right) {
    const struct check_row *a = left, *b = right;
    return strcmp(a->name, b->name);
}

int check_rows_fill(struct check_rows *rows, const struct analysis *analysis, uint32_t type,
                    struct error *error) {
    const uint32_t functions = analysis->function_sums.count;
    uint32_t count = 0;
    rows->list = calloc((size_t)functions + 1, sizeof(*rows->list));
    if (rows->list == NULL)
        return error_set(error, "out of memory");
    for (uint32_t i = 0; i < functions; i++) {
        const int64_t value = analysis_self(&analysis->function_sums, i, type);
        if (value != 0)
            rows->list[count++] = (struct check_row){analysis->functions[i].name, value, i};
    }
    qsort(rows->list, count, sizeof(*rows->list), by_name);
    for (uint32_t i = 0; i < count; i++) {
        struct check_row *last = rows->count == 0 ? NULL : &rows->list[rows->count - 1];
        if (last == NULL || by_name(last, &rows->list[i]) != 0)
            rows->list[rows->count++] = rows->list[i];
        else if (__builtin_add_overflow(last->value, rows->list[i].value, &last->value))
            return error_set(error, "the values are too large to be added up");
    }
    return 0;
}

const struct check_row *check_rows_find(const struct check_rows *rows, const char *name) {
    const struct check_row key = {.name = name};
    return bsearch(&key, rows->list, rows->count, sizeof(key), by_name);
}

void check_rows_free(struct check_rows *rows) {
    free(rows->list);
    *rows = (struct check_rows){0};
}
