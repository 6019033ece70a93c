/* SPDX-License-Identifier: MIT */
/* What all formats begin with: see import_format.h. */
#include "import_format.h"

int import_out_of_memory(struct error *error) {
    return error_set(error, "out of memory");
}

int import_begin_samples(struct import *import, uint64_t period_ns) {
    struct profile *profile = import->profile;
    const char *shown = period_ns != 0 ? "cpu" : "samples";
    if (profile_add_value_type(profile, "samples", "count") == PROFILE_NONE ||
        (period_ns != 0 && profile_add_value_type(profile, "cpu", "nanoseconds") == PROFILE_NONE))
        return -1;
    profile->period_type.name = profile_string(profile, shown);
    profile->period_type.unit = profile_string(profile, period_ns != 0 ? "nanoseconds" : "count");
    profile->default_value_type = profile_string(profile, shown);
    profile->period = period_ns == 0 ? 1 : profile_limited(period_ns);
    return profile->period_type.name == NULL || profile->period_type.unit == NULL ||
                   profile->default_value_type == NULL
               ? -1
               : 0;
}
