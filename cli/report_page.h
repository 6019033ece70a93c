/* SPDX-License-Identifier: MIT */
/*
 * The page of a profile (page/report.html) and the data that it shows. The page reads its data from
 * within itself or, where that is empty, fetches `data.json` beside it, again and again if the
 * reader likes: a server sends the template's head and tail, and the data as an answer of its own.
 */
#ifndef CINSTR_CLI_REPORT_PAGE_H
#define CINSTR_CLI_REPORT_PAGE_H

#include <stdio.h>

#include "analysis.h"
#include "error.h"

/* The data as one JSON object: names once, everything else as columns of numbers that refer to
 * them. Adds to the analysis what it lacks. -1 with `error` filled. */
int report_page_data(FILE *out, struct analysis *analysis, struct error *error);

/* The page with its data; `path` as for output_file_open(). */
int report_page_write(const char *path, struct analysis *analysis, struct error *error);

#endif
