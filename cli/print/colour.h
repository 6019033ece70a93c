/* SPDX-License-Identifier: MIT */
/* Colour on a terminal, for whatever prints for reading. */
#ifndef CINSTR_CLI_COLOUR_H
#define CINSTR_CLI_COLOUR_H

#include <stdbool.h>
#include <stdio.h>

/* Whether `out` is a terminal that shows colours and the user wants them: TERM is not "dumb" and
 * NO_COLOR is unset or empty (no-color.org). */
bool colour_is_wanted(FILE *out);

#endif
