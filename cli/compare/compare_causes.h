/* SPDX-License-Identifier: MIT */
/*
 * Likely causes of the differences that a comparison found, and how many samples it would take to
 * see more. Called by the writers of comparisons, so that text, JSON and page say the same.
 */
#ifndef CINSTR_CLI_COMPARE_CAUSES_H
#define CINSTR_CLI_COMPARE_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/analysis/compare.h"
#include "reader/base/error.h"

/* A function with too many samples, and a direct neighbour with too few. */
struct compare_shift {
    const struct compare_row *has, *lacks;
    bool to_caller; /* `lacks` is the caller of `has`; else its callee */
};

struct compare_causes {
    struct compare_shift *shifts;
    uint32_t shift_count;
    uint32_t unresolved; /* number of rows that are not judged */

    /* samples that would give the shares of so many of the largest rows to within a tenth, and
     * the samples there are */
    uint32_t noise_rows;
    double samples_needed, samples_matched;
};

/* -1 with `error` filled: out of memory. */
int compare_causes_find(struct compare_causes *causes, struct compare *compare,
                        struct error *error);
void compare_causes_free(struct compare_causes *causes);

/* Whether the function should have samples but has none: it was not sampled there, or is
 * inlined. */
static inline bool compare_is_missed(const struct compare_row *row) {
    return row->verdict == COMPARE_LESS && row->samples <= 0;
}

#endif
