/* SPDX-License-Identifier: MIT */
/* See profile_error.h. */
#include "profile_error.h"

#include <math.h>
#include <string.h>

struct profile_error profile_error_of(const struct profile *profile, uint32_t value) {
    const char *name = profile->value_types[value].name;
    struct profile_error error = {PROFILE_NONE, PROFILE_NONE};
    if (strcmp(name, "wall") == 0)
        error.model = profile_find_value_type(profile, "wall_error");
    else if (strcmp(name, "cpu") == 0)
        error.model = profile_find_value_type(profile, "cpu_error");
    if (error.model != PROFILE_NONE)
        error.variance = profile_find_value_type(profile, "variance");
    return error;
}

double profile_error(int64_t model, int64_t variance) {
    return model <= 0 ? -1 : hypot((double)model, 1e3 * sqrt(fmax(0, (double)variance)));
}
