/* SPDX-License-Identifier: MIT */
/*
 * What a heap profile says is still held: the contexts that allocated it, the one with most bytes
 * first. Called by the report command, and by its formats.
 */
#ifndef CINSTR_CLI_REPORT_LEAKS_H
#define CINSTR_CLI_REPORT_LEAKS_H

#include "report.h"

/* At most options->limit contexts. -1 with `error` filled when it is no heap profile. */
int report_leaks(FILE *out, const struct profile *profile, const struct report_format *format,
                 const struct report_options *options, struct error *error);

int report_leaks_text(FILE *out, const struct leaks *leaks, struct error *error);
int report_leaks_json(FILE *out, const struct leaks *leaks, struct error *error);

#endif
