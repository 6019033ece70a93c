/* SPDX-License-Identifier: MIT */
/* See profile_value.h. */
#include "profile_value.h"

#include <cinstr/segment.h>

#include <stddef.h>
#include <string.h>

enum { HELPS, SHOWN };

static const struct profile_value rows[] = {
#define VALUE(name_, unit_, when, shown_, error_)                                                  \
    {.name = #name_, .unit = (unit_), .error = (error_), .is_shown = (shown_)},
#define COLUMN(name_, type, unit_, combine, wanted, when, shown_)                                  \
    {.name = #name_,                                                                               \
     .unit = (unit_),                                                                              \
     .is_shown = (shown_),                                                                         \
     .is_gauge = SEGMENT_COMBINE_##combine == SEGMENT_COMBINE_GAUGE},
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
};

const struct profile_value *profile_value_named(const char *name) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}
