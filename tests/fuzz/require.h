/* SPDX-License-Identifier: MIT */
/* What every fuzz target of a parser asks for: a promise kept, or the process ends and says which.
 */
#ifndef CINSTR_TESTS_FUZZ_REQUIRE_H
#define CINSTR_TESTS_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader/profile/profile.h"

static inline void require(bool holds, const char *what, const struct error *error) {
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", what, error->message);
    abort();
}

/* It is read, or else refused with one line. */
static inline void require_verdict(const struct profile *profile, const struct error *error) {
    require((profile == NULL) == (error->message[0] != '\0'), "no verdict", error);
    require(strchr(error->message, '\n') == NULL, "not one line", error);
}

#endif
