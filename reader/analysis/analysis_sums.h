/* SPDX-License-Identifier: MIT */
/*
 * Rows of checked sums, and the walks over samples that fill them. Used by the analyses alone,
 * which say to which row a value belongs and leave the adding to this file.
 */
#ifndef CINSTR_READER_ANALYSIS_SUMS_H
#define CINSTR_READER_ANALYSIS_SUMS_H

#include <stdbool.h>

#include "analysis.h"

enum analysis_column { ANALYSIS_SELF, ANALYSIS_TOTAL };

/* Appends a row, all zero, with an element for each value type. False: out of memory. */
bool analysis_sums_grow(struct analysis_sums *sums);

/* Adds one value of each type to a row. False: a sum does not fit into 64 bits. */
bool analysis_sums_add(struct analysis_sums *sums, uint32_t row, enum analysis_column column,
                       const int64_t *values);

/* Fills `error` with the reason why an analysis stopped, by errno: ENOMEM or EOVERFLOW. Returns
 * -1. */
int analysis_fail(struct error *error);

#endif
