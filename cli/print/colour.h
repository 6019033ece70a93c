/* SPDX-License-Identifier: MIT */
/* Colour on a terminal, for whatever prints for reading. */
#ifndef CINSTR_CLI_COLOUR_H
#define CINSTR_CLI_COLOUR_H

#include <stdbool.h>
#include <stdio.h>

/* Whether `out` is a terminal that shows colours and the user wants them: NO_COLOR is not set to
 * anything (no-color.org), and TERM is not "dumb". */
bool colour_is_wanted(FILE *out);

#endif
