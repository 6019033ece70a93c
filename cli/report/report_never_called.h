/* SPDX-License-Identifier: MIT */
/*
 * The instrumented functions that a profile has no call of, by name. Called by the report command,
 * and by its formats.
 */
#ifndef CINSTR_CLI_REPORT_NEVER_CALLED_H
#define CINSTR_CLI_REPORT_NEVER_CALLED_H

#include "report.h"

/* `options` says what to show and how many. -1 with `error` filled, for instance when the
 * program's files do not say what is instrumented. */
int report_never_called(FILE *out, const struct profile *profile,
                        const struct report_format *format, const struct report_options *options,
                        struct error *error);

int report_never_called_text(FILE *out, const struct never_called *never_called,
                             const struct report_options *options, struct error *error);
int report_never_called_csv(FILE *out, const struct never_called *never_called,
                            const struct report_options *options, struct error *error);
int report_never_called_json(FILE *out, const struct never_called *never_called,
                             const struct report_options *options, struct error *error);

#endif
