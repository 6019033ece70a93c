/* SPDX-License-Identifier: MIT */
/*
 * Source with what each line costs: of the functions that a pattern matches, or of those of a file.
 * Called by the report command, and by its formats.
 */
#ifndef CINSTR_CLI_REPORT_SOURCE_H
#define CINSTR_CLI_REPORT_SOURCE_H

#include "reader/analysis/source_lines.h"
#include "report.h"
#include "source_text.h"

/* One function, with its lines that have any value. */
struct report_source_block {
    uint32_t function;
    uint32_t first, end;              /* rows of `lines` */
    const struct source_text *source; /* its file; has no text if it was not found */
};

struct report_source {
    const struct analysis *analysis;
    const struct source_lines *lines;
    struct report_source_block *blocks; /* by file, then by line */
    uint32_t count, left_out;
};

/* `what`: a pattern of functions' names, else the name of a file or the end of its path. -1 with
 * `error` filled, also when nothing matches. */
int report_source(FILE *out, const struct analysis *analysis, const struct report_format *format,
                  const struct report_options *options, const char *what,
                  const struct source_paths *paths, struct error *error);

int report_source_text(FILE *out, const struct report_source *source, struct error *error);
int report_source_json(FILE *out, const struct report_source *source, struct error *error);

#endif
