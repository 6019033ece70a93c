/* SPDX-License-Identifier: MIT */
/*
 * What the page of a profile (report.html) shows. The page reads its data from within itself or,
 * where that is empty, fetches `data.json` beside it, again and again if the reader likes. Called
 * by the report command and by the server.
 */
#ifndef CINSTR_PAGE_REPORT_DATA_H
#define CINSTR_PAGE_REPORT_DATA_H

#include <stdio.h>

#include "reader/analysis/analysis.h"
#include "reader/base/error.h"

/* The data as one JSON object: names once, everything else as columns of numbers that refer to
 * them. Adds to the analysis what it lacks. -1 with `error` filled. */
int report_data_write(FILE *out, struct analysis *analysis, struct error *error);

#endif
