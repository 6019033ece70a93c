/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_WRITING_H
#define CINSTR_RUNTIME_BASE_WRITING_H

#include <stdbool.h>

/* Whether the sandbox that the program is in, if any, lets all pass that writing a profile may take, and
 * making a segment. */
bool writing_is_allowed(void);

#endif
