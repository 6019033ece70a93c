/* SPDX-License-Identifier: MIT */
/*
 * The data of a profile's page (report.html). The page contains its data or, if it has none,
 * fetches `data.json` beside it, again and again if the reader likes. Called by the report command
 * and by the server.
 */
#ifndef CINSTR_PAGE_REPORT_DATA_H
#define CINSTR_PAGE_REPORT_DATA_H

#include <stdio.h>

#include "reader/analysis/analysis.h"
#include "reader/base/error.h"

/* Prints the data as one JSON object: each name once, everything else as columns of numbers that
 * refer to them. Computes what the analysis lacks. -1 with `error` filled. */
int report_data_write(FILE *out, struct analysis *analysis, struct error *error);

#endif
