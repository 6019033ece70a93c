/* SPDX-License-Identifier: MIT */
/* See compare_causes.h. */
#include "compare_causes.h"

#include <stdlib.h>

void compare_causes_free(struct compare_causes *causes) {
    free(causes->shifts);
    *causes = (struct compare_causes){0};
}

/* The row of each function, NULL where it has none. Returns NULL when out of memory. */
static const struct compare_row **rows_by_function(const struct compare *compare) {
    const struct compare_row **rows =
        calloc((size_t)compare->exact->function_sums.count + 1, sizeof(*rows));
    for (uint32_t i = 0; rows != NULL && i < compare->row_count; i++)
        rows[compare->rows[i].function] = &compare->rows[i];
    return rows;
}

static bool is_shift(const struct compare_row *caller, const struct compare_row *callee,
                     struct compare_shift *shift) {
    if (caller == NULL || callee == NULL)
        return false;
    if (caller->verdict == COMPARE_MORE && callee->verdict == COMPARE_LESS)
        *shift = (struct compare_shift){.has = caller, .lacks = callee};
    else if (caller->verdict == COMPARE_LESS && callee->verdict == COMPARE_MORE)
        *shift = (struct compare_shift){.has = callee, .lacks = caller, .to_caller = true};
    else
        return false;
    return true;
}

static int find_shifts(struct compare_causes *causes, struct compare *compare,
                       struct error *error) {
    struct analysis *exact = compare->exact;
    if (exact->edge_sums.count == 0 && analysis_add_edges(exact, error) != 0)
        return -1;
    const struct compare_row **rows = rows_by_function(compare);
    causes->shifts =
        reallocarray(NULL, (size_t)exact->edge_sums.count + 1, sizeof(*causes->shifts));
    if (causes->shifts == NULL || rows == NULL) {
        free(rows);
        compare_causes_free(causes);
        return error_set_errno(error, "cannot look for causes");
    }
    for (uint32_t i = 0; i < exact->edge_sums.count; i++) {
        const struct analysis_edge *edge = &exact->edges[i];
        const struct compare_row *caller = edge->caller == PROFILE_NONE ? NULL : rows[edge->caller];
        if (is_shift(caller, rows[edge->callee], &causes->shifts[causes->shift_count]))
            causes->shift_count++;
    }
    free(rows);
    return 0;
}

int compare_causes_find(struct compare_causes *causes, struct compare *compare,
                        struct error *error) {
    const uint32_t last = compare->row_count < 10 ? compare->row_count - 1 : 9;
    *causes = (struct compare_causes){.noise_rows = last + 1,
                                      .samples_needed =
                                          compare_samples_for(compare->rows[last].exact_share, 0.1),
                                      .samples_matched = compare->samples - compare->unmatched};
    for (uint32_t i = 0; i < compare->row_count; i++)
        causes->unresolved += compare->rows[i].verdict == COMPARE_UNRESOLVED;
    if (compare->differ == 0 || compare->rows[0].path_length != 0)
        return 0;
    return find_shifts(causes, compare, error);
}
