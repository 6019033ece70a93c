/* SPDX-License-Identifier: MIT */
/*
 * What a heap profile says is still held: the contexts that allocated it, the most bytes first.
 * Called by the report command.
 */
#ifndef CINSTR_CLI_REPORT_LEAKS_H
#define CINSTR_CLI_REPORT_LEAKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"

/* At most `limit` contexts, 0 all. -1 with `error` filled when it is no heap profile. */
int report_leaks(FILE *out, const struct profile *profile, uint32_t limit, bool is_json,
                 struct error *error);

#endif
