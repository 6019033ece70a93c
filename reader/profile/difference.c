/* SPDX-License-Identifier: MIT */
/* See difference.h. */
#include "difference.h"

#include "comments_of_part.h"

struct profile *difference(const struct profile *after, const struct profile *before,
                           struct error *error) {
    struct profile *result = profile_subtract(after, before, error);
    if (result == NULL)
        return NULL;
    comments_of_part(result);
    if (profile_add_comment(result, "the difference of two snapshots; what is said of losses "
                                    "counts from the start") != PROFILE_NONE)
        return result;
    error_set_errno(error, "cannot describe the difference");
    profile_free(result);
    return NULL;
}
