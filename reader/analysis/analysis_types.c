/* SPDX-License-Identifier: MIT */
/* Which value of a profile counts the events of another: see analysis.h. */
#include "analysis.h"

#include <string.h>

static bool is_count(const struct profile *profile, uint32_t type) {
    return strcmp(profile->value_types[type].unit, "count") == 0;
}

/* `calls`, wherever it is; else the count just before the value, as in samples/cpu and
 * inuse_objects/inuse_space. */
uint32_t analysis_count_type(const struct profile *profile, uint32_t value_type) {
    uint32_t calls = profile_find_value_type(profile, "calls");
    if (calls == PROFILE_NONE)
        calls = profile_find_value_type(profile, "edge_calls");
    if (calls != PROFILE_NONE)
        return calls;
    for (uint32_t type = value_type + 1; type-- > 0;) {
        if (is_count(profile, type))
            return type;
    }
    return PROFILE_NONE;
}
