/* SPDX-License-Identifier: MIT */
/* See profile_error.h. */
#include "profile_error.h"

#include <math.h>

#include "profile_value.h"

struct profile_error profile_error_of(const struct profile *profile, uint32_t value) {
    const struct profile_value *known = profile_value_named(profile->value_types[value].name);
    struct profile_error error = {PROFILE_NONE, PROFILE_NONE};
    if (known != NULL && known->error != NULL)
        error.model = profile_find_value_type(profile, known->error);
    if (error.model != PROFILE_NONE)
        error.variance = profile_find_value_type(profile, "variance");
    return error;
}

double profile_error(int64_t model, int64_t variance) {
    return model <= 0 ? -1 : hypot((double)model, 1e3 * sqrt(fmax(0, (double)variance)));
}
