/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_CLI_CC_OUTPUT_H
#define CINSTR_CLI_CC_OUTPUT_H

#include <stdbool.h>

/* Says of what was linked what of it will not be recorded. excludes: gcc was told to leave out what
 * headers of libc declare (cc_exclude.h). */
void cc_output_check(const char *path, bool excludes);

#endif
