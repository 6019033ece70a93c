/* SPDX-License-Identifier: MIT */
/*
 * How a comparison is printed: for people, and for programs. Called by cmd_compare.c.
 */
#ifndef CINSTR_CLI_COMPARE_PRINT_H
#define CINSTR_CLI_COMPARE_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "reader/analysis/compare.h"
#include "reader/base/error.h"

struct compare_page {
    const char *exact, *sampled; /* names of the two sources */
    uint32_t limit;              /* rows to print, 0 all */
};

/* -1 with `error` filled: out of memory, or JSON that does not print. */
int compare_print_text(FILE *out, struct compare *compare, const struct compare_page *page,
                       struct error *error);
int compare_print_json(FILE *out, struct compare *compare, const struct compare_page *page,
                       struct error *error);

/* How many rows to print. Those that differ or have a large share come first. */
static inline uint32_t compare_page_rows(const struct compare *compare,
                                         const struct compare_page *page) {
    return page->limit == 0 || page->limit > compare->row_count ? compare->row_count : page->limit;
}

const char *compare_verdict_name(enum compare_verdict verdict);

#endif
