/* SPDX-License-Identifier: MIT */
/* The longest calls, with their contexts. Called by the report command, and by its formats. */
#ifndef CINSTR_CLI_REPORT_SLOWEST_H
#define CINSTR_CLI_REPORT_SLOWEST_H

#include "report.h"

enum { REPORT_SLOWEST_MOST = 10000 };

/* At most options->slowest of them. -1 with `error` filled when the profile has no durations. */
int report_slowest(FILE *out, const struct analysis *analysis, const struct report_format *format,
                   const struct report_options *options, struct error *error);

int report_slowest_text(FILE *out, const struct slowest *slowest, struct error *error);
int report_slowest_json(FILE *out, const struct slowest *slowest, struct error *error);

#endif
