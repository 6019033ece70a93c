/* SPDX-License-Identifier: MIT */
/*
 * What a comparison's differences point at, and how many samples it would take to see more. Called
 * by the writers of comparisons, so that text, JSON and page say the same.
 */
#ifndef CINSTR_CLI_COMPARE_CAUSES_H
#define CINSTR_CLI_COMPARE_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/analysis/compare.h"
#include "reader/base/error.h"

/* Samples that one function has too many and a direct neighbour too few of. */
struct compare_shift {
    const struct compare_row *has, *lacks;
    bool to_caller; /* `lacks` is the caller of `has`; else its callee */
};

struct compare_causes {
    struct compare_shift *shifts;
    uint32_t shift_count;
    uint32_t unresolved; /* rows that are not judged */

    /* For shares of so many of the largest rows to within a tenth, and what there is. */
    uint32_t noise_rows;
    double samples_needed, samples_matched;
};

/* -1 with `error` filled: out of memory. */
int compare_causes_find(struct compare_causes *causes, struct compare *compare,
                        struct error *error);
void compare_causes_free(struct compare_causes *causes);

/* Less than it should have, and that is none at all: not sampled there, or inlined? */
static inline bool compare_is_missed(const struct compare_row *row) {
    return row->verdict == COMPARE_LESS && row->samples <= 0;
}

#endif
