/* SPDX-License-Identifier: MIT */
/* Which rows of a difference are shown, and the names of its parts (see diff_print.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff_print.h"

static int by_change(const void *left, const void *right) {
    const struct diff_row *a = *(const struct diff_row *const *)left;
    const struct diff_row *b = *(const struct diff_row *const *)right;
    double x = fabs(diff_change(&a->self)), y = fabs(diff_change(&b->self));
    if (x == y) {
        x = fabs(diff_change(&a->calls));
        y = fabs(diff_change(&b->calls));
    }
    if (x == y) {
        x = a->self.mean[DIFF_NEW];
        y = b->self.mean[DIFF_NEW];
    }
    if (x != y)
        return x < y ? 1 : -1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->caller > b->caller) - (a->caller < b->caller);
}

/* If only the total changed, the row of the callee shows why. */
static bool has_changed(const struct diff_row *row) {
    return diff_change(&row->calls) != 0 || diff_change(&row->self) != 0;
}

int diff_show(struct diff_shown *shown, const struct diff_row *rows, uint32_t count,
              enum diff_which which, struct error *error) {
    *shown =
        (struct diff_shown){.rows = reallocarray(NULL, (size_t)count + 1, sizeof(*shown->rows))};
    if (shown->rows == NULL)
        return error_set_errno(error, "cannot sort the rows");
    for (uint32_t i = 0; i < count; i++) {
        const struct diff_row *row = &rows[i];
        if ((row->is_in[DIFF_OLD] || row->is_in[DIFF_NEW]) &&
            (which == DIFF_ROWS_ALL || has_changed(row)))
            shown->rows[shown->count++] = row;
    }
    if (shown->count != 0)
        qsort(shown->rows, shown->count, sizeof(*shown->rows), by_change);
    return 0;
}

bool diff_is_only(const struct diff *diff, const struct diff_row *row, enum diff_side side) {
    return row->is_in[side] && !row->is_in[!side] &&
           strcmp(diff_function(diff, row->function)->name, PROFILE_UNPLACED) != 0;
}

const struct analysis_function *diff_function(const struct diff *diff, uint32_t function) {
    static const struct analysis_function outermost = {.name = "(outermost)", .file = ""};
    return function == PROFILE_NONE ? &outermost : names_function(diff->names, function);
}

const char *diff_cause_name(enum diff_cause_kind kind) {
    static const char *const names[] = {[DIFF_CAUSE_CALLS] = "calls",
                                        [DIFF_CAUSE_COST] = "cost",
                                        [DIFF_CAUSE_ADDED] = "new",
                                        [DIFF_CAUSE_GONE] = "gone"};
    return names[kind];
}

bool diff_is_sure(double change, double error) {
    return !isnan(error) && fabs(change) > error;
}
