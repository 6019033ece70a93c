/* SPDX-License-Identifier: MIT */
/* See comments_of_part.h. */
#include "comments_of_part.h"

#include <stdbool.h>
#include <string.h>

#include "stated.h"

static bool is_sum(const char *comment) {
    static const char *const begins[] = {
        "calls ",     "time: ", "budget: ",       "untimed: ", "below resolution: ",
        "unplaced: ", "up to ", "Probe overhead "};
    const char *warning = stated_warning(comment);
    if (warning != NULL)
        comment = warning;
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
        if (strncmp(comment, begins[i], strlen(begins[i])) == 0)
            return true;
    }
    return false;
}

void comments_of_part(struct profile *profile) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (!is_sum(profile->comments[i]))
            profile->comments[kept++] = profile->comments[i];
    }
    profile->comment_count = kept;
}
