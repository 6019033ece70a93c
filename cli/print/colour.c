/* SPDX-License-Identifier: MIT */
/* See colour.h. */
#include "colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool colour_is_wanted(FILE *out) {
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (refused != NULL && refused[0] != '\0')
        return false;
    return isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}
